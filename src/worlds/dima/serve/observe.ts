// What the agents see in a state, by the decoder.
import { tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import { normalised } from './scaling.ts'

/** States x [count, S] -> observations [count, N, O]. */
export async function observe(decode: GraphSession, spec: DimaSpec, x: Float32Array): Promise<Float32Array> {
  const { S } = lettersOf(spec)
  const states = tensor([x.length / S, S], normalised(spec, x))
  return (await decode.run({ states })).observations!.data
}
