// What the agents see in a state, by the decoder.
import { tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import { normalised } from './scaling.ts'

/** States x [count, S] -> observations [count, N, O]. */
export const observe = (decode: GraphSession, spec: DimaSpec, x: Float32Array): Promise<Float32Array> =>
  decoded(decode, spec, normalised(spec, x))

/** The same of normalised states. */
export async function decoded(
  decode: GraphSession,
  spec: DimaSpec,
  states: Float32Array,
): Promise<Float32Array> {
  const { S } = lettersOf(spec)
  const out = await decode.run({ states: tensor([states.length / S, S], states) })
  return out.observations!.data
}
