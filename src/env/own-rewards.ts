// Agents with rewards of their own. Training is for a team: it takes the mean, and whoever reads of it has to know.
import type { PerAgent } from './parallel-env.ts'

/** How the reward of a task is worded: the same for all, whatever each agent gets, and where they were seen to differ. */
export const ONE_FOR_ALL = 'one team reward'
export const MEAN_OVER_AGENTS = 'the mean over the agents'
export const MEAN_OF_OWN = "the mean of the agents' own rewards"

/** Agents of an example. */
const SHOWN = 4

/** @param where they were seen; @param rewards of each agent in one step */
export function tellOwnRewards(where: string, rewards: Readonly<Record<string, number>>): string {
  const entries = Object.entries(rewards)
  const shown = entries.slice(0, SHOWN).map(([agent, reward]) => `${agent} ${Number(reward.toPrecision(5))}`)
  const example = [...shown, ...(entries.length > SHOWN ? ['...'] : [])].join(', ')
  return `WARNING: ${where}: the agents have rewards of their own (${example}). Their mean is learned, as the team's reward`
}

/** @param rewards [E] by agent; those of the first copy in which agents differ, undefined where there is none */
export function unequalRewards(rewards: PerAgent<Float64Array>): Record<string, number> | undefined {
  const own = Object.entries(rewards)
  const [[, first] = []] = own
  const copy = first?.findIndex((reward, e) => own.some(([, other]) => other[e] !== reward)) ?? -1
  return copy < 0 ? undefined : Object.fromEntries(own.map(([agent, values]) => [agent, values[copy]!]))
}
