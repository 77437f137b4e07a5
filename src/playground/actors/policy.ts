// Who acts for an agent, and what of it is the server's part.
import type { Policy } from '../../client/types.ts'

export const ACTORS = ['sliders', 'keys', 'gamepad', 'mean', 'sample', 'random', 'hold', 'planner'] as const
export type Actor = (typeof ACTORS)[number]

export const ACTOR_NAMES: Record<Actor, string> = {
  sliders: 'you, by sliders',
  keys: 'you, by keys',
  gamepad: 'you, by gamepad',
  mean: 'policy, mean action',
  sample: 'policy, drawn action',
  random: 'chance',
  hold: 'nobody: holds still',
  planner: 'planner',
}

export const isPolicy = (actor: Actor): actor is 'mean' | 'sample' => actor === 'mean' || actor === 'sample'

/** What the server shall do in a step: agents by their place. Undefined: nothing. */
export interface Acting {
  readonly mode: 'mean' | 'sample'
  readonly agents: readonly number[]
}

/** The policy acts in one way for all agents that it acts for: that of the first. */
export function actingOf(actors: readonly Actor[]): Acting | undefined {
  const agents = actors.flatMap((actor, agent) => (isPolicy(actor) ? [agent] : []))
  const mode = actors.find(isPolicy)
  return mode && { mode, agents }
}

export const policyOf = (acting: Acting, names: readonly string[]): Policy => ({
  mode: acting.mode,
  agents: acting.agents.map((agent) => names[agent]!),
})

export const sameActing = (a: Acting | undefined, b: Acting | undefined): boolean =>
  a?.mode === b?.mode && a?.agents.join() === b?.agents.join()
