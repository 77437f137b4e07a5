// What is measured, live: the reward, how far imagination and truth are apart, what the ghosts make of it.
import { useMemo, useState } from 'preact/hooks'
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'
import { hasTruth } from '../truth/has-truth.ts'
import type { Ink } from './ink.ts'
import { type Drawn, Plot } from './plot.tsx'
import { Table } from './table.tsx'

interface Props {
  player: Player
  frames: Frames
  ink: Ink
}

const ghostly = (of: number): Drawn[] => [
  { name: 'least', of: { ghosts: of, end: 0 }, ink: 'none', edge: true },
  { name: 'greatest', of: { ghosts: of, end: 1 }, ink: 'none', edge: true },
]

const REWARD: Drawn[] = [
  ...ghostly(-1),
  { name: 'imagined', of: { line: 'reward' }, ink: 'blue' },
  { name: 'true', of: { line: 'trueReward' }, ink: 'orange', dashed: true },
]
const SUM: Drawn[] = [
  { name: 'imagined', of: { line: 'sum' }, ink: 'blue' },
  { name: 'true', of: { line: 'trueSum' }, ink: 'orange', dashed: true },
]
const APART: Drawn[] = [
  { name: 'from the truth', of: { line: 'error' }, ink: 'orange', dashed: true },
  { name: 'futures, among themselves', of: { line: 'spread' }, ink: 'blue' },
]
const END: Drawn[] = [{ name: 'imagined', of: { line: 'end' }, ink: 'blue' }]

export function Plots({ player, frames, ink }: Props) {
  useWatched(player)
  const { environment, spaces, terminates } = player.model
  const { ghosts, truthState } = player.company
  const alone = !ghosts && truthState === 'off' && !player.tape.hasTruth(player.tape.end - 1)
  const company = hasTruth(environment) ? 'Run the true robot beside, or fork futures.' : 'Fork futures.'
  const [entry, setEntry] = useState(0)
  const state = useMemo((): Drawn[] => {
    return [
      ...ghostly(entry),
      { name: 'imagined', of: { state: entry, of: 'imagined' }, ink: 'blue' },
      { name: 'true', of: { state: entry, of: 'truth' }, ink: 'orange', dashed: true },
    ]
  }, [entry])
  const common = { player, frames, ink }
  const { unit } = spaces.state[entry]!
  return (
    <section class="pg-plots panel" aria-label="Measurements">
      <Plot
        {...common}
        title="State apart"
        unit="standard deviations"
        lines={APART}
        least={[0, 0.5]}
        nothing={alone ? company : undefined}
      />
      <Plot {...common} title="Reward" unit="a step" lines={REWARD} />
      <Plot {...common} title="Reward" unit="summed" lines={SUM} />
      {terminates && <Plot {...common} title="End" unit="probability" lines={END} least={[0, 1]} />}
      <label class="pg-entry">
        Entry of the state
        <select value={entry} onChange={(event) => setEntry(Number(event.currentTarget.value))}>
          {spaces.state.map(({ name }, i) => (
            <option key={name} value={i}>
              {name.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </label>
      <Plot
        {...common}
        title={spaces.state[entry]!.name.replaceAll('_', ' ')}
        unit={unit === '1' ? '' : unit}
        lines={state}
      />
      <Table player={player} frames={frames} />
    </section>
  )
}
