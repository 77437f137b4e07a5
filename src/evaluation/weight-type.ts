// The numbers that a bundle's weights are. A model is rounded before anything else is done with it, so that what is
// compared and scored is what will be served. Only the world model is rounded: the policy and its critic are small, and a
// rounded policy acts otherwise, so that its returns would not be those that its training reports.
import Type from 'typebox'
import { oneOf } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { fromHalf, toHalf } from '../common/float16.ts'
import type { Parameter } from '../common/parameters.ts'
import { fromScaledColumns, toScaledColumns } from '../common/scaled-columns.ts'
import type { Compilable } from '../graph/serving-graph.ts'
import { WEIGHT_TYPES, type WeightType } from '../registry/scores.ts'

export const weightsFlag = {
  weights: Type.Optional(
    oneOf(
      WEIGHT_TYPES,
      undefined,
      "numbers that the world model's weights are rounded to: float16 halves the files, int8 quarters the matrices in them (default: the smallest that costs its kind nothing)",
    ),
  ),
}

type Roundable = Pick<Compilable, 'networks' | 'weights'> & { weightType?: WeightType }

/** The model, its world model's weights of a type. DimaError `invalid_bundle` where one is too large for it. */
export function withWeightType<Model extends Roundable>(
  model: Model,
  type: WeightType = model.weightType ?? 'float32',
): Model {
  if (type === 'float32') return { ...model, weightType: type }
  const weights = Object.entries(model.weights).map(([network, values]) => [
    network,
    network === 'policy' || network === 'value'
      ? values
      : rounded(network, model.networks[network]!.parameters, values, type),
  ])
  return { ...model, weightType: type, weights: Object.fromEntries(weights) }
}

function rounded(
  network: string,
  parameters: readonly Parameter[],
  weights: ReadonlyMap<string, Float32Array>,
  type: 'int8' | 'float16',
): Map<string, Float32Array> {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]))
  return new Map(
    [...weights].map(([name, values]) => {
      const numbers = type === 'int8' ? inBytes(values, shapes.get(name)!) : inHalves(values)
      if (numbers.every(Number.isFinite)) return [name, numbers]
      throw new DimaError(
        'invalid_bundle',
        `${network}: ${name} has numbers that ${type} does not: --weights float32`,
      )
    }),
  )
}

const inHalves = (values: Float32Array) => fromHalf(toHalf(values))

/**
 * Matrices alone: with the kernels of the denoiser's convolutions, too, halfcheetah-2x3/4 errs by 0.0393 on one step of its policy's
 * means, without them by 0.0357, in float16 by 0.0356 (`npm run evaluate -- --sets`, 8 episodes, 400 segments).
 */
const inBytes = (values: Float32Array, shape: readonly number[]): Float32Array =>
  shape.length === 2 ? fromScaledColumns(toScaledColumns(values, shape[1]!)) : inHalves(values)
