// The numbers that a bundle's weights are. A model is rounded before anything else is done with it, so that what is
// compared and scored is what will be served. Only the world model is rounded: the policy and its critic are small, and a
// rounded policy acts otherwise, so that its returns would not be those that its training reports.
import { oneOf } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { fromHalf, toHalf } from '../common/float16.ts'
import type { Compilable } from '../graph/serving-graph.ts'
import { WEIGHT_TYPES, type WeightType } from '../registry/manifest.ts'

export const weightsFlag = {
  weights: oneOf(
    WEIGHT_TYPES,
    'float16',
    "numbers that the world model's weights are rounded to: float16 halves the files",
  ),
}

/** The model, its world model's weights of a type. DimaError `invalid_bundle` where one is too large for it. */
export function withWeightType<Model extends Pick<Compilable, 'weights'>>(
  model: Model,
  type: WeightType,
): Model {
  if (type === 'float32') return model
  const weights = Object.entries(model.weights).map(([network, values]) => [
    network,
    network === 'policy' || network === 'value' ? values : rounded(network, values),
  ])
  return { ...model, weights: Object.fromEntries(weights) }
}

const rounded = (network: string, weights: ReadonlyMap<string, Float32Array>) =>
  new Map([...weights].map(([name, values]) => [name, rounded16(network, name, values)]))

function rounded16(network: string, name: string, values: Float32Array): Float32Array {
  const rounded = fromHalf(toHalf(values))
  if (rounded.every(Number.isFinite)) return rounded
  throw new DimaError(
    'invalid_bundle',
    `${network}: ${name} has numbers that float16 does not: --weights float32`,
  )
}
