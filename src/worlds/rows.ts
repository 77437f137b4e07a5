// Cuts a rollout into chunks of rows and puts small rollouts together into one. Rows do not influence each other, so
// chunks run on different executors, a big rollout can't hold the others up for long, and small ones share an execution.
import { concatenate } from '../common/tensors.ts'
import { seedsOf } from './noise.ts'
import type { DrawnActions, Rollout, Trajectories } from './rollout.ts'

/** The chunks share memory with the rollout: a view is sent to another process without the rest of its buffer. */
export function splitRows(rollout: Rollout, size: number): Rollout[] {
  const { batch, states, windows, pastActions, actions } = rollout
  return Array.from({ length: Math.ceil(batch / size) }, (_, i) => {
    const [from, to] = [i * size, Math.min(batch, (i + 1) * size)]
    const cut = <T extends Float64Array | Float32Array | Int32Array>(array: T): T => {
      const width = array.length / batch
      return array.subarray(from * width, to * width) as T
    }
    return {
      ...rollout,
      ...(rollout.samples ? { samples: cut(rollout.samples) } : {}),
      ...(rollout.seeds ? { seeds: rollout.seeds.subarray(from, to) } : {}),
      ...(rollout.carried ? { carried: cut(rollout.carried) } : {}),
      batch: to - from,
      states: cut(states),
      windows: cut(windows),
      pastActions: cut(pastActions),
      actions: cut(actions),
    }
  })
}

const ARRAYS = [
  'states',
  'observations',
  'rewards',
  'terminationProbabilities',
  'terminations',
  'lengths',
] as const

const SOMETIMES = ['actions', 'values', 'departures'] as const

/** Rollouts of the same kind can be one: what is not a row's own agrees. */
export const kindOf = ({ horizon, choice, policy, valued, compared, carried }: Rollout): string =>
  JSON.stringify([horizon, choice, policy, valued, compared, carried !== undefined])

/** Rollouts of the same kind as one, whose rows keep their own seeds. */
export function mergeRollouts(rollouts: readonly Rollout[]): Rollout {
  const [first] = rollouts
  if (rollouts.length === 1) return first!
  const join = <T extends Float64Array | Float32Array | Int32Array | Uint32Array>(
    pick: (rollout: Rollout) => T,
  ) => concatenate(rollouts.map(pick))
  return {
    ...first!,
    batch: rollouts.reduce((sum, { batch }) => sum + batch, 0),
    states: join(({ states }) => states),
    windows: join(({ windows }) => windows),
    pastActions: join(({ pastActions }) => pastActions),
    actions: join(({ actions }) => actions),
    seeds: join(seedsOf),
    ...(first!.carried ? { carried: join(({ carried }) => carried!) } : {}),
    samples: join(({ samples, batch }) => samples ?? new Int32Array(batch)),
  }
}

/** Rows `from`..`to` of trajectories of `batch` rows. */
export function cutTrajectories(
  trajectories: Trajectories,
  batch: number,
  from: number,
  to: number,
): Trajectories {
  if (from === 0 && to === batch) return trajectories
  const { drawn, computeMs, ...arrays } = trajectories
  const cut = <T extends object>(whole: T): T => {
    const parts = Object.entries(whole).map(([name, array]) => {
      const width = array.length / batch
      return [name, array.slice(from * width, to * width)]
    })
    return Object.fromEntries(parts) as T
  }
  return { ...cut(arrays), ...(drawn ? { drawn: cut(drawn) } : {}), computeMs }
}

/** The chunks' trajectories as one; computeMs is the sum. */
export function joinRows(parts: Trajectories[]): Trajectories {
  const first = parts[0]!
  if (parts.length === 1) return first
  const drawn = parts.flatMap((part) => part.drawn ?? [])
  const joined = Object.fromEntries(
    [...ARRAYS, ...SOMETIMES.filter((name) => first[name])].map((name) => [
      name,
      concatenate<NonNullable<Trajectories[typeof name]>>(parts.map((part) => part[name]!)),
    ]),
  )
  const computeMs = parts.reduce((sum, part) => sum + part.computeMs, 0)
  return {
    ...(joined as unknown as Trajectories),
    ...(drawn.length > 0 ? { drawn: joinDrawn(drawn) } : {}),
    computeMs,
  }
}

function joinDrawn(parts: DrawnActions[]): DrawnActions {
  const names = Object.keys(parts[0]!) as (keyof DrawnActions)[]
  return Object.fromEntries(
    names.map((name) => [name, concatenate(parts.map((part) => part[name]!))]),
  ) as unknown as DrawnActions
}

/** [B, ...] to [B*n, ...]: each row n times, one after the other. */
export function repeatRows<T extends Float32Array | Float64Array | Int32Array>(
  values: T,
  batch: number,
  n: number,
): T {
  const width = values.length / batch
  const repeated = new (values.constructor as new (length: number) => T)(values.length * n)
  for (let row = 0; row < batch * n; row++) {
    const from = Math.floor(row / n) * width
    repeated.set(values.subarray(from, from + width), row * width)
  }
  return repeated
}
