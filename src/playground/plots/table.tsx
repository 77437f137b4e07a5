// The plots' numbers as a table, for who does not see them.
import { useState } from 'preact/hooks'
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'
import type { Line } from '../tape/tape.ts'

const ROWS = 10
const COLUMNS: [line: Line, heading: string][] = [
  ['reward', 'Reward, imagined'],
  ['trueReward', 'Reward, true'],
  ['sum', 'Sum, imagined'],
  ['trueSum', 'Sum, true'],
  ['error', 'Apart from the truth'],
  ['spread', 'Apart among futures'],
  ['end', 'Probability of the end'],
]

interface Props {
  player: Player
  frames: Frames
}

export function Table(props: Props) {
  const [open, setOpen] = useState(false)
  return (
    <details class="pg-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && <Rows {...props} />}
    </details>
  )
}

function Rows({ player, frames }: Props) {
  useWatched(frames)
  const { tape, pace } = player
  const last = Math.min(tape.end - 1, Math.floor(pace.playhead))
  const entries = Array.from({ length: ROWS }, (_, i) => last - i).filter((entry) => tape.has(entry))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
    <div class="pg-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {COLUMNS.map(([line, heading]) => (
              <th key={line} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry}>
              <th scope="row">{entry}</th>
              {COLUMNS.map(([line]) => (
                <td key={line}>{shown(tape.at(line, entry))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const shown = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–')
