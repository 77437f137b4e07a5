// What the agents see in a state: by the decoder, or as the task has it.
import { tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import { normalised } from './scaling.ts'

/** States x [count, S] -> observations [count, N, O]. */
export const observe = (decode: GraphSession, spec: DimaSpec, x: Float32Array): Promise<Float32Array> =>
  decoded(decode, spec, normalised(spec, x))

/** By graph `perceive`: states [count, S] in environment units -> [count, N, O]. */
export async function perceived(
  perceive: GraphSession,
  spec: DimaSpec,
  states: Float64Array,
): Promise<Float32Array> {
  const { S } = lettersOf(spec)
  const out = await perceive.run({ states: tensor([states.length / S, S], Float32Array.from(states)) })
  return out.observations!.data
}

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
