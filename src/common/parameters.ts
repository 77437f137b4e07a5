// What a network says of one of its weights. Networks list them, the graph compiler packs them into buckets,
// the trainer initialises and stores them.
import { Rng, type RngKey } from './rng.ts'
import { sum } from './statistics.ts'
import { sizeOf } from './tensors.ts'

export interface Parameter {
  /** Dotted path, unique in its network, for example `unet.down.0.0.conv1.weight`. */
  name: string
  shape: number[]
  /** Whether AdamW's weight decay applies: true for Linear and Conv weights only (method.md 2.9). */
  decay: boolean
  /** Fills a fresh array with the initial values. */
  init: (rng: Rng, values: Float32Array) => void
}

/**
 * Initial values by parameter name. Each parameter has its own stream, so adding one changes no other.
 * @param place of the network among others that are made alike
 */
export function initialValues(
  parameters: readonly Parameter[],
  seed: number,
  ...place: readonly RngKey[]
): Map<string, Float32Array> {
  return new Map(
    parameters.map((parameter) => {
      const values = new Float32Array(sizeOf(parameter.shape))
      parameter.init(new Rng(seed, ...place, parameter.name), values)
      return [parameter.name, values]
    }),
  )
}

export const countOf = (parameters: readonly Parameter[]): number =>
  sum(parameters.map(({ shape }) => sizeOf(shape)))
