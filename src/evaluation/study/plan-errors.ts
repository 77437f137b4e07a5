// Error of every plan on held-out episodes (method.md 7.2), in normalised units and as a share of persistence: data sets
// differ in their units, and in how much there is to predict.

import type { Episode } from '../../episodes/replay/episode.ts'
import type { DimaSpec } from '../../worlds/dima/serve/manifest.ts'
import type { PlanRequest } from '../../worlds/dima/serve/plan.ts'
import { DimaSimulator } from '../../worlds/dima/serve/simulator.ts'
import type { DimaGraphs } from '../../worlds/dima/serve/spec.ts'
import { persistence } from '../baselines.ts'
import { drawSegments, rolloutOf, type Segments, sizesOf } from '../held-out.ts'
import { accumulate, stepErrors } from '../step-errors.ts'
import { type StudiedPlan, studiedPlans } from './plans.ts'

export interface PlanError {
  plan: string
  name: PlanRequest['name']
  order: string
  evaluations: number
  embeddings: number
  /** mean L1 over entries of the first imagined step, and the sum over all */
  oneStep: number
  horizon: number
  /** the same as shares of persistence's */
  oneStepShare: number
  horizonShare: number
}

/** A model with its graphs opened. */
export interface StudiedWorld {
  spec: DimaSpec
  graphs: DimaGraphs
}

export interface DrawOptions {
  segments: number
  seed: number
}

export async function planErrors(
  world: StudiedWorld,
  episodes: Episode[],
  { segments: count, seed }: DrawOptions,
): Promise<PlanError[]> {
  const { spec } = world
  const segments = drawSegments(episodes, count, seed, sizesOf(spec))
  const still = persistence({ spec }, segments)
  const errors: PlanError[] = []
  for (const plan of studiedPlans(spec.agents.length, spec.sampling)) {
    const [oneStep, horizon] = await errorsOf(world, segments, plan, seed)
    const { title, name, label, evaluations, embeddings } = plan
    const shares = {
      oneStepShare: oneStep / still.oneStepStateL1,
      horizonShare: horizon / still.cumulativeStateL1.at(-1)!,
    }
    errors.push({ plan: title, name, order: label, evaluations, embeddings, oneStep, horizon, ...shares })
  }
  return errors
}

/** State errors of a plan: of the first step, and summed over the horizon. */
async function errorsOf(world: StudiedWorld, segments: Segments, plan: StudiedPlan, seed: number) {
  const sizes = sizesOf(world.spec)
  const imagined = await withPlan(world, plan).rollout(rolloutOf(segments, sizes, plan, seed))
  const { std } = world.spec.normalisation
  const errors = stepErrors(imagined.states, segments.states, sizes.horizon, sizes.state, std)
  return [errors[0]!, accumulate(errors).at(-1)!] as const
}

/** A simulator of the same graphs under the plan's own levels. */
export const withPlan = ({ spec, graphs }: StudiedWorld, { sampling }: StudiedPlan): DimaSimulator =>
  new DimaSimulator({ ...spec, sampling }, graphs)
