// Subjects for the checks: the synthetic environment, and simulators that are wrong by as much as a test wants.
import '@tensorflow/tfjs'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/episodes/replay/collect.ts'
import type { Verdict } from '../../../src/evaluation/reproduce/measure.ts'
import { parseChecks, reproduce } from '../../../src/evaluation/reproduce/reproduce.ts'
import type { Subject } from '../../../src/evaluation/reproduce/subject.ts'
import type { PlanRequest } from '../../../src/worlds/dima/serve/plan.ts'
import type { OpenSimulator } from '../../../src/worlds/open-simulator.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'
import { nextState, row, sizes, spec, syntheticEnv } from '../../runs/synthetic-env.ts'

const { context: L, state: S, agents: N } = sizes
const { std } = spec.normalisation

const env = syntheticEnv()
export const episodes = [0, 1, 2].map((i) => collectEpisode(env, gaussianPolicy(env, 0.5), 1, 'held-out', i))

/** Of episodes that earn about 4 a step. */
export const earning = episodes.map((episode) => ({
  ...episode,
  rewards: episode.rewards.map((_, t) => 4 + 0.1 * (t % 5)),
}))

/** Imagines what the environment does, but for an error in standard deviations that depends on the plan. */
export function erring(errorOf: (plan: PlanRequest) => number): OpenSimulator {
  const rollout = async (request: Rollout): Promise<Pick<Trajectories, 'states'>> => {
    const states: number[] = []
    for (let i = 0; i < request.batch; i++) {
      let state = row(request.states, i * L + L - 1, S)
      for (let t = 0; t < request.horizon; t++) {
        state = nextState(state, row(request.actions, i * request.horizon + t, N))
        states.push(...state.map((value, s) => value + errorOf(request.choice as PlanRequest) * std[s]!))
      }
    }
    return { states: Float64Array.from(states) }
  }
  return { rollout } as unknown as OpenSimulator
}

/** A subject of which only the simulator matters, on data that has thresholds. */
export const subjectOf = (simulator: OpenSimulator, rest: Partial<Subject> = {}): Subject => ({
  model: { spec } as DimaModel,
  simulator,
  episodes,
  segments: 30,
  seed: 1,
  reference: true,
  ...rest,
})

/** The verdicts of a check, by figure. */
export async function verdicts(check: number, subject: Subject): Promise<Record<string, Verdict>> {
  const [result] = await reproduce(subject, parseChecks(String(check)))
  return Object.fromEntries(result!.findings.map(({ figure, verdict }) => [figure, verdict]))
}

/** The figures that missed. */
export const missesOf = async (check: number, subject: Subject): Promise<string[]> =>
  Object.entries(await verdicts(check, subject)).flatMap(([figure, verdict]) =>
    verdict === 'miss' ? [figure] : [],
  )
