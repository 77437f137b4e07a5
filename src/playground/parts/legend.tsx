// What the colours mean, with how far each is away from the imagined robot.
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'

/** Nearer is beside. */
const BESIDE_METRES = 0.1

interface Props {
  player: Player
  frames: Frames
}

export function Legend({ player, frames }: Props) {
  useWatched(player)
  useWatched(frames)
  const { company, tape, pace } = player
  const entry = Math.min(tape.end - 1, Math.floor(pace.playhead))
  const spread = company.ghosts && entry >= 0 ? tape.at('spread', entry) : Number.NaN
  return (
    <ul class="pg-legend">
      <li class="pg-key blue">imagined</li>
      {company.truthState === 'on' && (
        <li class="pg-key orange dashed">
          true<span class="quiet">{placeOf(player, entry)}</span>
        </li>
      )}
      {company.ghosts && (
        <li class="pg-key ghost">
          {company.ghosts.tape.count} futures
          {Number.isFinite(spread) && <span class="quiet">, {spread.toFixed(2)} σ apart</span>}
        </li>
      )}
    </ul>
  )
}

function placeOf({ tape, body, company }: Player, entry: number): string {
  if (!tape.hasTruth(entry)) return company.truthEnded ? ', has ended' : ''
  if (!body) return ''
  const way = tape.at('trueX', entry) - tape.at('x', entry)
  const aside = tape.at('trueY', entry) - tape.at('y', entry)
  const metres = Math.hypot(way, aside)
  if (metres < BESIDE_METRES) return ''
  const where = body.view === 'oblique' ? 'away' : way > 0 ? 'ahead' : 'behind'
  return `, ${metres.toFixed(1)} m ${where}`
}
