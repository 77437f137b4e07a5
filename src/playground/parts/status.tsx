// What is seen, how far it has come, and what is the matter.
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Link } from '../play/in-browser.ts'
import type { Player } from '../play/player.ts'
import { Hint } from './hint.tsx'
import { Legend } from './legend.tsx'

interface Props {
  player: Player
  frames: Frames
  link: Link
}

const PHASES = {
  connecting: 'connecting…',
  starting: 'starting…',
  ready: '',
  waiting: 'waiting for the server…',
  over: 'the episode is over',
  failed: 'stopped',
}

export function Status({ player, frames, link }: Props) {
  useWatched(player)
  useWatched(link)
  const { run } = player
  const lost = lossOf(link, run.phase === 'connecting')
  const notice = lost || run.notice || PHASES[run.phase]
  const bad = lost || run.phase === 'waiting' || run.phase === 'failed'
  return (
    <div class="pg-status">
      <Legend player={player} frames={frames} />
      <Readout player={player} frames={frames} />
      <div class="pg-notices">
        {notice ? (
          <p class={`pg-notice ${bad ? 'bad' : ''}`} role="alert">
            {notice}
          </p>
        ) : (
          <Hint player={player} />
        )}
        <Replayed player={player} frames={frames} />
      </div>
    </div>
  )
}

function lossOf({ open, refused }: Link, connecting: boolean): string {
  if (connecting) return refused ? 'The server does not answer. Trying again…' : ''
  return open ? '' : 'The connection to the server was lost. Trying again…'
}

function Replayed({ player, frames }: Pick<Props, 'player' | 'frames'>) {
  useWatched(frames)
  const { left } = player.source
  return left > 0 ? <p class="pg-notice">A shared run, {left} steps left</p> : null
}

function Readout({ player, frames }: Pick<Props, 'player' | 'frames'>) {
  useWatched(frames)
  const { tape, pace, body, transport } = player
  const entry = Math.max(0, Math.min(tape.end - 1, Math.floor(pace.playhead)))
  const way = tape.end > 0 && body ? tape.at('x', entry) : undefined
  return (
    <dl class="pg-readout">
      <div>
        <dt>time</dt>
        <dd>{(entry * pace.stepSeconds).toFixed(1)} s</dd>
      </div>
      {way !== undefined && (
        <div>
          <dt>way</dt>
          <dd>{way.toFixed(1).replace('-0.0', '0.0')} m</dd>
        </div>
      )}
      <div>
        <dt>speed</dt>
        <dd class={transport.playing && (pace.factor ?? 9) < 0.85 * pace.speed ? 'slow' : ''}>
          {transport.playing && pace.factor !== undefined ? `${pace.factor.toFixed(2)}×` : '–'}
        </dd>
      </div>
    </dl>
  )
}
