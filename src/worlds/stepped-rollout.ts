// A rollout of given actions step by step, as live sessions take them: for kinds that have nothing faster, and what every
// rollout has to equal. B rows, H steps, N agents, A action, S state, O observation.
import { DimaError } from '../common/errors.ts'
import { cutRows } from '../common/tensors.ts'
import { drawEnds } from './ends.ts'
import { gatherRows, type StepOutcome, scatterRows } from './live.ts'
import { rowKeys, seedsOf } from './noise.ts'
import type { Rollout, Trajectories } from './rollout.ts'
import { windowOf } from './starts.ts'
import { lettersOf, type Memories, type Simulator, type WorldSpec } from './world.ts'

/** Negative: no session has them. */
let lastId = 0

type Steps = Pick<Simulator, 'begin' | 'step'>

/** DimaError `no_policy`: actions must be given. */
export async function steppedRollout(
  spec: WorldSpec,
  memories: Memories,
  simulator: Steps,
  rollout: Rollout,
): Promise<Trajectories> {
  if (rollout.policy)
    throw new DimaError('no_policy', 'this kind of model has no policy', { field: 'policy' })
  const began = performance.now()
  const { horizon: H, choice } = rollout
  const keys = rowKeys(rollout, spec.context)
  const seeds = seedsOf(rollout)
  const steps: StepOutcome[][] = [] // [H][B]
  const ids = Array.from({ length: rollout.batch }, () => --lastId)
  let carried = await beginAll(spec, memories, simulator, rollout)
  for (let t = 0; t < H; t++) {
    const rows = carried.map((memory, row) => {
      const turn = memories.take(memory, actionAt(spec, rollout, row, t))
      return { id: ids[row]!, seed: seeds[row]!, key: keys[row]!, step: t, turn }
    })
    const outcomes = scatterRows(await simulator.step(gatherRows(memories, choice, rows)), () => 0)
    carried = outcomes.map((outcome, row) => memories.follow(rows[row]!.turn, outcome.carried))
    steps.push(outcomes)
  }
  return { ...together(steps, keys, rollout), computeMs: performance.now() - began }
}

/** [B] memories */
async function beginAll(
  spec: WorldSpec,
  memories: Memories,
  simulator: Steps,
  rollout: Rollout,
): Promise<unknown[]> {
  const { carried } = await simulator.begin(rollout, rollout.choice)
  const width = carried.length / rollout.batch
  return Array.from({ length: rollout.batch }, (_, row) =>
    memories.begin(windowOf(spec, rollout, row), carried.slice(row * width, (row + 1) * width)),
  )
}

function actionAt(spec: WorldSpec, { horizon, actions }: Rollout, row: number, t: number): Float32Array {
  const { N, A } = lettersOf(spec)
  return cutRows(actions.subarray(row * horizon * N * A), 1, t * N * A, N * A)
}

function together(
  steps: StepOutcome[][],
  keys: Uint32Array,
  rollout: Rollout,
): Omit<Trajectories, 'computeMs'> {
  const { batch: B, horizon: H } = rollout
  const all = Array.from({ length: B * H }, (_, i) => steps[i % H]![Math.floor(i / H)]!) // row-major
  const terminationProbabilities = Float32Array.from(all, (one) => one.terminationProbability)
  return {
    states: Float64Array.from(all.flatMap(({ state }) => [...state])),
    observations: Float32Array.from(all.flatMap(({ observations }) => [...observations])),
    rewards: Float32Array.from(all, ({ reward }) => reward),
    terminationProbabilities,
    ...drawEnds(terminationProbabilities, keys, rollout),
  }
}
