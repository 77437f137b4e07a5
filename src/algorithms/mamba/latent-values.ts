// Values of many latent states by the critic as it stands. R rows, N agents, F numbers of a latent state.
import { tensor } from '../../common/tensors.ts'
import { openGraphSession } from '../../engine/session.ts'
import { compileServing } from '../../graph/serving-graph.ts'
import { createLatentCritic } from '../../worlds/mamba/networks/latent-policy.ts'
import { latentWidth, type NetworksConfig } from '../../worlds/mamba/networks/presets.ts'
import { weightsOf } from '../policy/policy.ts'

/**
 * [R, N] in the units of the reward.
 * @param parameters by bucket
 * @param latents [R, N, F]
 */
export async function latentValues(
  N: number,
  sizes: NetworksConfig,
  parameters: Float32Array[],
  latents: Float32Array,
): Promise<Float32Array> {
  const critic = createLatentCritic(N, sizes)
  const F = latentWidth(sizes)
  const graph = {
    network: 'critic',
    inputs: (B: number) => [{ name: 'latents', shape: [B, N, F] }],
    outputs: (B: number) => [{ name: 'values', shape: [B, N] }],
    build: (
      w: Parameters<typeof critic.value>[0],
      { latents: given }: Record<string, Parameters<typeof critic.value>[1]>,
    ) => ({
      values: critic.value(w, given!),
    }),
  }
  const session = await openGraphSession(
    compileServing('critic', graph, critic.parameters, weightsOf(critic, parameters)),
  )
  try {
    return (await session.run({ latents: tensor([latents.length / (N * F), N, F], latents) })).values!.data
  } finally {
    await session.release()
  }
}
