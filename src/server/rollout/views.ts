// What sessions give, in the words of the wire.
import type { SessionState } from '../../api/sessions.ts'
import type { SessionView } from '../../inference/live/types.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import { WireTensor } from '../wire/tensor.ts'
import { chosenFields } from './choice.ts'

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
    observations: seenByAgent(view.observations, manifest),
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

/** [N, width] to one array for each agent, sharing memory. @param ownOf how many entries are an agent's; default: all */
export function byAgent(
  values: Float32Array,
  { agents }: Manifest,
  ownOf: (agent: Manifest['agents'][number]) => number | undefined = () => undefined,
) {
  const width = values.length / agents.length
  const named: Record<string, WireTensor> = {}
  for (const [n, agent] of agents.entries())
    named[agent.name] = vector(values.subarray(n * width, n * width + (ownOf(agent) ?? width)))
  return named
}

/** [N, O] to what each agent itself observes, sharing memory. */
export const seenByAgent = (observations: Float32Array, manifest: Manifest) =>
  byAgent(observations, manifest, ({ observed }) => observed)
