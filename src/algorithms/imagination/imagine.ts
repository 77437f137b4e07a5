// Imagined experience of the policy in the world model (method.md 4.2): B rows of H steps by the simulator that the server
// runs. Where an imagined episode ends inside the horizon, the rest of its row is filled by a rollout from a fresh start:
// rows that have ended are rolled out again, fewer every time. L context, N agents, A action, S state, O observation.
import { hashKey } from '../../common/rng.ts'
import type { Dimensions } from '../../networks/dimensions.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import type { Starts } from './starts.ts'

export interface ImagineOptions {
  rows: number // B
  /** of the world's kind */
  choice: unknown
  termination: 'restart' | 'weight'
  seed: number
}

export interface Imagined {
  rows: number
  /** [B, H + 1, S] raw: the state before each step, and after the last */
  states: Float64Array
  observations: Float32Array // [B, H, N, O] that actions were drawn on
  actions: Float32Array // [B, H, N, A]
  logProbabilities: Float32Array // [B, H, N]
  rewards: Float32Array // [B, H]
  /** [B, H] 0 where the episode ended, else 1; or the probability that it goes on */
  continues: Float32Array
}

/** A row, and the step from which it has yet to be filled. */
interface Gap {
  row: number
  from: number
}

/**
 * @param draw start windows for so many rows
 * @param roll the simulator, with the policy that is learning
 */
export async function imagine(
  draw: (count: number) => Starts,
  roll: (rollout: Rollout) => Promise<Trajectories>,
  dims: Dimensions,
  options: ImagineOptions,
): Promise<Imagined> {
  const imagined = allocate(options.rows, dims)
  let gaps: Gap[] = Array.from({ length: options.rows }, (_, row) => ({ row, from: 0 }))
  for (let wave = 0; gaps.length > 0; wave++) {
    const horizon = dims.horizon - Math.min(...gaps.map(({ from }) => from))
    const starts = draw(gaps.length)
    const rollout = rolloutOf(starts, horizon, dims, options, hashKey([options.seed, wave]))
    const trajectories = await roll(rollout)
    gaps = gaps.flatMap((gap, i) => fill(imagined, gap, i, { starts, trajectories, horizon }, dims, options))
  }
  return imagined
}

function allocate(B: number, { horizon: H, agents: N, action: A, state: S, observation: O }: Dimensions) {
  return {
    rows: B,
    states: new Float64Array(B * (H + 1) * S),
    observations: new Float32Array(B * H * N * O),
    actions: new Float32Array(B * H * N * A),
    logProbabilities: new Float32Array(B * H * N),
    rewards: new Float32Array(B * H),
    continues: new Float32Array(B * H),
  }
}

const rolloutOf = (
  starts: Starts,
  horizon: number,
  { agents: N, action: A }: Dimensions,
  { choice }: ImagineOptions,
  seed: number,
): Rollout => ({
  ...starts,
  horizon,
  actions: new Float32Array(starts.batch * horizon * N * A),
  seed,
  samples: Int32Array.from({ length: starts.batch }, (_, row) => row), // rows of one start differ in their noise
  choice,
  policy: { agents: Array<boolean>(N).fill(true), mode: 'sample', learning: true },
})

interface Wave {
  starts: Starts
  trajectories: Trajectories
  horizon: number
}

/** Copies row `i` of a wave into its gap, up to its first end; what is left of the row then. */
function fill(
  to: Imagined,
  { row, from }: Gap,
  i: number,
  { starts, trajectories, horizon }: Wave,
  { horizon: H, state: S, context: L }: Dimensions,
  { termination }: ImagineOptions,
): Gap[] {
  const { lengths, drawn, actions, states } = trajectories
  const restarts = termination === 'restart'
  const steps = Math.min(H - from, restarts ? lengths[i]! : horizon)
  const copy = (target: Float32Array, source: Float32Array) => {
    const width = target.length / (to.rows * H)
    const first = i * horizon * width
    target.set(source.subarray(first, first + steps * width), (row * H + from) * width)
  }
  copy(to.observations, drawn!.observations!)
  copy(to.logProbabilities, drawn!.logProbabilities)
  copy(to.actions, actions!)
  copy(to.rewards, trajectories.rewards)
  copy(to.continues, goesOn(trajectories, termination))
  const place = (row * (H + 1) + from) * S
  to.states.set(starts.states.subarray(((i + 1) * L - 1) * S, (i + 1) * L * S), place)
  to.states.set(states.subarray(i * horizon * S, (i * horizon + steps) * S), place + S)
  return from + steps < H ? [{ row, from: from + steps }] : []
}

/** c_t [B, H]. */
const goesOn = (
  { terminations, terminationProbabilities }: Trajectories,
  termination: ImagineOptions['termination'],
): Float32Array =>
  termination === 'restart'
    ? Float32Array.from(terminations, (end) => 1 - end)
    : terminationProbabilities.map((probability) => 1 - probability)
