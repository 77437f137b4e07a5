// What the entries of an agent's action are: numbers of a box first, then choices, each one-hot: of as many entries as it
// has options one is 1 and the others 0. Entries beyond are padding, which is 0.
import { sum } from './statistics.ts'

export interface ActionLayout {
  /** entries that are numbers */
  readonly box: number
  /** options of each choice */
  readonly choices: readonly number[]
}

/** The entries of one choice, from the first up to the one behind the last. */
export interface Group {
  readonly from: number
  readonly to: number
}

/** Of so many entries, the last of them choices. */
export const layoutOf = (entries: number, choices: readonly number[] = []): ActionLayout => ({
  box: entries - sum(choices),
  choices,
})

export function groupsOf({ box, choices }: ActionLayout): Group[] {
  let end = box
  return choices.map((options) => {
    const from = end
    end += options
    return { from, to: end }
  })
}

/** Entries without padding. */
export const entriesOf = ({ box, choices }: ActionLayout): number => box + sum(choices)

/** The first choice of a row that begins at `start` of which not exactly one entry is 1 and the others 0. */
export const undecided = (
  values: ArrayLike<number>,
  start: number,
  layout: ActionLayout,
): Group | undefined => groupsOf(layout).find((group) => !isOneHot(values, start, group))

function isOneHot(values: ArrayLike<number>, start: number, { from, to }: Group): boolean {
  let ones = 0
  for (let i = start + from; i < start + to; i++) {
    if (values[i] === 1) ones++
    else if (values[i] !== 0) return false
  }
  return ones === 1
}

/** Decides every choice of a row that begins at `start`: its greatest entry becomes 1, the first of equal ones, the others 0. */
export function decide(values: Float32Array, start: number, layout: ActionLayout): void {
  for (const { from, to } of groupsOf(layout)) {
    let best = start + from
    for (let i = best; i < start + to; i++) if (values[i]! > values[best]!) best = i
    values.fill(0, start + from, start + to)
    values[best] = 1
  }
}
