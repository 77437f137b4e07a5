// Values of many states by the critic as it stands.
import { sizeOf, tensor } from '../../common/tensors.ts'
import { openGraphSession } from '../../engine/session.ts'
import { compileForward } from '../../graph/forward.ts'
import type { Critic } from '../../networks/critic.ts'
import { weightsOf } from './policy.ts'

/**
 * @param parameters by bucket
 * @param inputs [R, I]
 * @returns [R] in the units of the value normaliser
 */
export async function criticValues(
  critic: Critic,
  parameters: Float32Array[],
  inputs: Float32Array,
  width: number,
): Promise<Float32Array> {
  const named = weightsOf(critic, parameters)
  const weights = new Map(
    critic.parameters.map(({ name, shape }) => [
      name,
      { shape, data: named.get(name)!.slice(0, sizeOf(shape)) },
    ]),
  )
  const graph = compileForward({
    name: 'critic',
    weights,
    inputs: (B) => [{ name: 'inputs', shape: [B, width] }],
    build: (w, { inputs: x }) => ({ values: critic.value(w, x!) }),
  })
  const session = await openGraphSession(graph)
  try {
    return (await session.run({ inputs: tensor([inputs.length / width, width], inputs) })).values!.data
  } finally {
    await session.release()
  }
}
