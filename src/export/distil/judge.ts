// What a distilled network does to imagination: both models imagine the same held-out segments with the same noise.
import type { Device } from '../../engine/device.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import { drawSegments, rolloutOf, type Segments, sizesOf } from '../../evaluation/held-out.ts'
import { accumulate, stepErrors } from '../../evaluation/step-errors.ts'
import { compileGraphs } from '../../graph/serving-graph.ts'
import type { Distillation } from '../../registry/scores.ts'
import type { TrainedModel } from '../../runs/trained-model.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../worlds/open-simulator.ts'

export interface JudgeOptions {
  segments: number
  seed: number
  device: Device
}

type Plans = Distillation['plans']

/** Of every sort of choice that the model has. */
export async function judge(
  own: TrainedModel,
  distilled: TrainedModel,
  episodes: Episode[],
  { segments: count, seed, device }: JudgeOptions,
): Promise<Plans> {
  const open = (model: TrainedModel) => openSimulator(KINDS, model.spec, compileGraphs(model), { device })
  const both = [await open(own), await open(distilled)] as const
  const { kind, spec } = both[0]
  const segments = drawSegments(episodes, count, seed, sizesOf(spec))
  const plans: Plans = []
  for (const choice of kind.choices.every(spec)) {
    const [before, after] = [
      await errorsOf(both[0], segments, choice, seed),
      await errorsOf(both[1], segments, choice, seed),
    ]
    plans.push({
      plan: kind.choices.label(choice),
      oneStepStateL1: [before.first, after.first],
      cumulativeStateL1: [before.all, after.all],
    })
  }
  for (const simulator of both) await simulator.close()
  return plans
}

async function errorsOf(simulator: OpenSimulator, segments: Segments, choice: unknown, seed: number) {
  const sizes = sizesOf(simulator.spec)
  const { states } = await simulator.rollout(rolloutOf(segments, sizes, choice, seed))
  const { std } = simulator.spec.normalisation
  const errors = stepErrors(states, segments.states, sizes.horizon, sizes.state, std)
  return { first: errors[0]!, all: accumulate(errors).at(-1)! }
}

/** Share by which the error over the horizon grows, and with which plan most; not a number is growth without end. */
export function worstGrowth(plans: Plans): { plan: string; growth: number } {
  const grown = plans.map(({ plan, cumulativeStateL1: [before = 0, after = 0] }) => {
    const growth = after / before - 1
    return { plan, growth: Number.isNaN(growth) ? Number.POSITIVE_INFINITY : growth }
  })
  return grown.reduce((worst, one) => (one.growth > worst.growth ? one : worst))
}
