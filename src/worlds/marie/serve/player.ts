// The policy of a bundle of this kind in a true environment: it acts on what the tokens say of an observation, as it learned to.
import { openGraphs } from '../../open-simulator.ts'
import type { Player } from '../../player.ts'
import type { GraphBytes, Graphs, WorldSpec } from '../../world.ts'
import { Calls } from './calls.ts'
import type { PerGraph } from './manifest.ts'

/** @param graphs with the policy */
export async function openPlayer(spec: WorldSpec, { encode, decode, policy }: GraphBytes): Promise<Player> {
  const graphs = await openGraphs({ encode, decode, policy })
  const calls = new Calls(spec, graphs as unknown as PerGraph<Graphs[string]>)
  return {
    act: async (observations) => calls.lean(await calls.decode(await calls.encode(observations))),
    close: async () => {
      for (const session of Object.values(graphs)) await session.release()
    },
  }
}
