// Requests that work as they are: real start windows and action sequences with what really followed.
import { type Nested, nest } from '../common/tensors.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import { drawSegments, type Segments, sizesOf } from '../evaluation/held-out.ts'
import type { Examples } from '../registry/manifest.ts'
import type { WorldSpec } from '../worlds/world.ts'

const EXAMPLES = [
  { title: 'One row: three states of context, 15 joint actions', rows: 1, window: 3 },
  { title: 'One row that starts from a single state', rows: 1, window: 1 },
  { title: 'Four rows, each from its own start', rows: 4, window: 3 },
]

/** Keeps files small: nine digits are more than float32 has. */
export const short = (value: Nested): Nested =>
  typeof value === 'number' ? Number(value.toPrecision(9)) : value.map(short)

export const createExamples = (episodes: Episode[], spec: WorldSpec): Examples =>
  EXAMPLES.map(({ title, rows, window }, i) => {
    const segments = drawSegments(episodes, rows, i, sizesOf(spec))
    return { title, ...describe(segments, spec, window) }
  })

function describe(segments: Segments, spec: WorldSpec, window: number) {
  const { context: L, horizon: H, agents: N, action: A, state: S } = sizesOf(spec)
  const B = segments.count
  const states = short(nest(segments.starts, [B, L, S])) as number[][][]
  const actions = short(nest(segments.pastActions, [B, L - 1, N, A])) as number[][][][]
  return {
    starts: states.map((states, row) => ({
      states: states.slice(L - window),
      actions: actions[row]!.slice(L - window),
    })),
    actions: short(nest(segments.actions, [B, H, N, A])) as number[][][][],
    trueStates: short(nest(segments.states, [B, H, S])) as number[][][],
    trueRewards: short(nest(segments.rewards, [B, H])) as number[][],
  }
}
