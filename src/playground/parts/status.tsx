// What is seen, how far it has come, and what is the matter.
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Link } from '../play/in-browser.ts'
import type { Player } from '../play/player.ts'

interface Props {
  player: Player
  frames: Frames
  link: Link
}

const PHASES = {
  connecting: 'connecting…',
  starting: 'starting…',
  waiting: 'waiting for the server…',
  over: 'the episode is over',
  failed: 'stopped',
}

export function Status({ player, frames, link }: Props) {
  useWatched(player)
  useWatched(link)
  const { run, company, source } = player
  const lost = !link.open && run.phase !== 'connecting'
  const notice = lost ? 'The connection to the server was lost. Trying again…' : run.notice
  return (
    <div class="pg-status">
      <ul class="pg-legend">
        <li class="pg-key blue">imagined</li>
        {company.truthState === 'on' && <li class="pg-key orange dashed">true</li>}
        {company.ghosts && <li class="pg-key ghost">{company.ghosts.tape.count} futures</li>}
      </ul>
      <Readout player={player} frames={frames} />
      {(notice || run.phase !== 'ready') && (
        <p
          class={`pg-notice ${lost || run.phase === 'waiting' || run.phase === 'failed' ? 'bad' : ''}`}
          role="alert"
        >
          {notice || PHASES[run.phase as keyof typeof PHASES]}
        </p>
      )}
      {source.left > 0 && <p class="pg-notice">A shared run, {source.left} steps left</p>}
    </div>
  )
}

function Readout({ player, frames }: Pick<Props, 'player' | 'frames'>) {
  useWatched(frames)
  const { tape, pace, body, playing } = player
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
          <dd>{way.toFixed(1)} m</dd>
        </div>
      )}
      <div>
        <dt>speed</dt>
        <dd class={playing && (pace.factor ?? 9) < 0.85 * pace.speed ? 'slow' : ''}>
          {playing && pace.factor !== undefined ? `${pace.factor.toFixed(2)}×` : '–'}
        </dd>
      </div>
    </dl>
  )
}
