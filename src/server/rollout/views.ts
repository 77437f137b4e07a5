// What sessions give, in the words of the wire.
import type { SessionState } from '../../api/sessions.ts'
import type { SessionView } from '../../inference/live/types.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { WireTensor } from '../wire/tensor.ts'
import { chosenFields } from './choice.ts'
import { noveltyOf } from './novelty.ts'

/** A wire schema's type with arrays of numbers not yet encoded. */
export type Reply<T> = { [K in keyof T]: unknown }

/** The last moment that toISOString writes with four digits of a year, for sessions that never expire. */
const NEVER = Date.UTC(9999, 11, 31, 23, 59, 59)

/** @param clipped entries of the start's actions that were outside their space, where the request brought a start */
export function sessionState(view: SessionView, clipped?: number): Reply<SessionState> {
  const { manifest } = view.bundle
  return {
    session_id: view.id,
    model: modelUsed(view.bundle),
    ...chosenFields(view.chosen),
    seed: view.seed,
    agents: agentNames(manifest),
    autoreset: view.autoreset,
    max_episode_steps: view.maxEpisodeSteps,
    committed_step_id: view.committedStepId,
    episode: view.episode,
    episode_step: view.episodeStep,
    state: vector(view.state),
    observations: byAgent(view.observations, manifest),
    terminated: view.terminated,
    truncated: view.truncated,
    ood: noveltyOf(view.state, manifest)[0],
    ...(clipped === undefined ? {} : { clipped_actions: clipped }),
    idle_timeout_seconds: view.idleTimeoutSeconds,
    expires_at: new Date(Math.min(view.expiresAt, NEVER)).toISOString(),
  }
}

export const modelUsed = ({ name, version, digest }: Bundle) => ({ name, version, digest })

export const agentNames = ({ agents }: Manifest): string[] => agents.map(({ name }) => name)

export const vector = (values: Float32Array | Float64Array): WireTensor =>
  new WireTensor(values, [values.length])

/** [N, width] to one [width] for each agent, sharing memory: observations, or actions. */
export function byAgent(values: Float32Array, { agents }: Manifest) {
  const width = values.length / agents.length
  const named: Record<string, WireTensor> = {}
  for (let agent = 0; agent < agents.length; agent++)
    named[agents[agent]!.name] = vector(values.subarray(agent * width, (agent + 1) * width))
  return named
}
