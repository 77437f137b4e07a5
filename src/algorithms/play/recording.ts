// Plays the same number of steps in every copy, and keeps all that learning from it needs.
import { drawActions } from '../../common/action-draw.ts'
import type { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import { sideBySide } from '../../episodes/sources/policy-actions.ts'
import type { Widths } from '../../networks/dimensions.ts'
import type { End, RunningCopies } from './running-copies.ts'

/** T steps of E copies, step by step: row t E + e. */
export interface Recording {
  steps: number // T
  copies: number // E
  states: Float64Array // [T + 1, E, S]; the last are those that no action was taken in yet
  observations: Float32Array // [T, E, N, O]
  /** of the last states */
  shown: Float32Array // [E, N, O]
  actions: Float32Array // [T, E, N, A]
  logProbabilities: Float32Array // [T, E, N]
  rewards: Float32Array // [T, E]
  agentRewards: Float32Array // [T, E, N]
  /** episodes that ended, in the order of their ends; row is that of their last step */
  ends: (End & { row: number })[]
}

/** Joint actions [E, N, A] with their log-probabilities [E, N] on what the agents of E copies see, [E, N, O]. */
export type Choose = (
  seen: Float32Array,
  copies: number,
) => Promise<{ actions: Float32Array; logProbabilities: Float32Array }>

/** With actions that a policy's distributions are sampled for. */
export function record(
  copies: RunningCopies,
  policy: ActingPolicy,
  steps: number,
  widths: Widths,
  rng: Rng,
  signal?: AbortSignal,
): Promise<Recording | undefined> {
  const layouts = widths.forms?.map(({ layout }) => layout)
  const choose: Choose = async (seen, E) =>
    drawActions(await policy.act(seen, E), widths.action, rng, layouts)
  return recordChosen(copies, choose, steps, widths, signal)
}

/** Undefined when the signal asks to stop: the copies have moved on then. */
export async function recordChosen(
  copies: RunningCopies,
  choose: Choose,
  steps: number,
  { agents: N, state: S, observation: O, action: A }: Widths,
  signal?: AbortSignal,
): Promise<Recording | undefined> {
  const { numEnvs: E, possibleAgents: names } = copies.env
  const rows = steps * E
  const states = new Float64Array((rows + E) * S)
  const observations = new Float32Array(rows * N * O)
  const actions = new Float32Array(rows * N * A)
  const logProbabilities = new Float32Array(rows * N)
  const rewards = new Float32Array(rows)
  const agentRewards = new Float32Array(rows * N)
  const ends: Recording['ends'] = []
  for (let t = 0; t < steps; t++) {
    if (signal?.aborted) return undefined
    const shown = await copies.shown()
    const seen = sideBySide(shown.observations, names, E)
    states.set(shown.states, t * E * S)
    observations.set(seen, t * E * N * O)
    const drawn = await choose(seen, E)
    actions.set(drawn.actions, t * E * N * A)
    logProbabilities.set(drawn.logProbabilities, t * E * N)
    const outcome = await copies.step(byAgent(drawn.actions, names, E))
    rewards.set(outcome.rewards, t * E)
    agentRewards.set(outcome.agentRewards, t * E * N)
    for (const end of outcome.ends) ends.push({ ...end, row: t * E + end.copy })
  }
  const last = await copies.shown()
  states.set(last.states, rows * S)
  const shown = sideBySide(last.observations, names, E)
  const acted = { observations, actions, logProbabilities }
  return { steps, copies: E, states, shown, ...acted, rewards, agentRewards, ends }
}

/** [E, N, A] -> agent -> [E, A] */
function byAgent(actions: Float32Array, names: readonly string[], E: number): PerAgent<Float32Array> {
  const N = names.length
  const A = actions.length / (E * N)
  return Object.fromEntries(
    names.map((name, n) => {
      const own = new Float32Array(E * A)
      for (let e = 0; e < E; e++) own.set(actions.subarray((e * N + n) * A, (e * N + n + 1) * A), e * A)
      return [name, own]
    }),
  )
}
