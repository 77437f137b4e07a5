// Who acts by a model's policy in a true environment, whichever kind the model is of.
import { PolicySession } from '../algorithms/policy/policy.ts'
import { type Compilable, compileGraph } from '../graph/serving-graph.ts'
import { kindOf } from '../worlds/kind-of.ts'
import { KINDS } from '../worlds/kinds.ts'
import type { Player } from '../worlds/player.ts'
import type { GraphBytes, WorldSpec } from '../worlds/world.ts'

/** @param graphs of a bundle that has a policy */
export async function openPlayer(spec: WorldSpec, graphs: GraphBytes): Promise<Player> {
  const { agents, observation } = spec
  const { player } = kindOf(KINDS, spec)
  if (player) return player(spec, graphs)
  return PolicySession.open(graphs.policy!, { agents: agents.length, observation: observation.length })
}

/** The same of a model that is not compiled yet. */
export function openPlayerOf(model: Compilable & { spec: WorldSpec }): Promise<Player> {
  const isOwn = kindOf(KINDS, model.spec).player !== undefined
  const needed = isOwn ? Object.keys(model.graphs) : ['policy']
  return openPlayer(model.spec, Object.fromEntries(needed.map((name) => [name, compileGraph(model, name)])))
}
