// Play, pause, one step, how fast, and where in what has been imagined.
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'
import { Icon } from './icons.tsx'

const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2]

interface Props {
  player: Player
  frames: Frames
}

export function Transport({ player, frames }: Props) {
  useWatched(player)
  const { transport, pace } = player
  const { playing } = transport
  return (
    <div class="pg-transport">
      <button type="button" class="primary" onClick={() => transport.toggle()}>
        <Icon name={playing ? 'pause' : 'play'} />
        {playing ? 'Pause' : 'Play'}
      </button>
      <button type="button" onClick={() => transport.stepOnce()} aria-label="One step" title="One step">
        <Icon name="step" />
      </button>
      <button
        type="button"
        onClick={() => void transport.begin()}
        aria-label="From the start"
        title="From the start"
      >
        <Icon name="again" />
      </button>
      <label class="pg-speed">
        <span class="hidden">Speed</span>
        <select
          value={pace.speed}
          onChange={(event) => transport.setSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <Timeline player={player} frames={frames} />
    </div>
  )
}

function Timeline({ player, frames }: Props) {
  useWatched(frames)
  const { tape, pace } = player
  const last = Math.max(0, tape.end - 1)
  const at = Math.min(last, Math.floor(pace.playhead))
  return (
    <label class="pg-timeline">
      <span class="hidden">Place in time, steps</span>
      <input
        type="range"
        min={tape.first}
        max={last}
        step={1}
        value={at}
        disabled={last === 0}
        aria-valuetext={`step ${at} of ${last}`}
        onInput={(event) => player.transport.seek(Number(event.currentTarget.value))}
      />
      <output>
        {at} <span class="quiet">/ {last}</span>
      </output>
    </label>
  )
}
