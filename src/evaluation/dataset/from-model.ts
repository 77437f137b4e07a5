// Episodes of a published model: those that it imagines, or true ones that its policy plays in its environment.
import { DimaError } from '../../common/errors.ts'
import { observedIn } from '../../env/closed-form.ts'
import { taskSpec } from '../../env/make-env.ts'
import { demandEqualAgents, type TaskSpec } from '../../env/task-spec.ts'
import type { SeenEpisode } from '../../episodes/dataset/minari.ts'
import type { Described } from '../../episodes/dataset/write.ts'
import type { SourceFlags } from '../../episodes/sources/flags.ts'
import { openSource } from '../../episodes/sources/open-source.ts'
import type { ActingMode } from '../../episodes/sources/policy-actions.ts'
import { RANDOM_STD } from '../../episodes/sources/random-actions.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { type Bundle, readGraphs, readStarts } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { openSimulator } from '../../worlds/open-simulator.ts'
import type { Player } from '../../worlds/player.ts'
import { openPlayer } from '../player.ts'
import { imaginedEpisodes } from './imagined.ts'

export interface FromModelFlags extends Omit<SourceFlags, 'dataset'> {
  true: boolean
  mode: ActingMode
  horizon: number
  episodes: number
  seed: number
}

/** Takes episodes as they come, and how they are described. */
export type Take = (task: Described, episodes: AsyncIterable<SeenEpisode>) => Promise<string>

/** DimaError `invalid_config`, `no_start`, and those of the source. */
export const fromModel = (bundle: Bundle, flags: FromModelFlags, take: Take): Promise<string> =>
  flags.true ? takeTrue(bundle, flags, take) : takeImagined(bundle, flags, take)

async function takeImagined(bundle: Bundle, flags: FromModelFlags, take: Take): Promise<string> {
  const { manifest } = bundle
  const horizon = flags.horizon || manifest.horizon
  if (horizon > manifest.horizon)
    throw new DimaError('invalid_config', `the model imagines at most ${manifest.horizon} steps`, {
      field: 'horizon',
      expected: manifest.horizon,
      given: horizon,
    })
  const mode = manifest.graphs.policy ? flags.mode : undefined
  const simulator = await openSimulator(KINDS, manifest, await readGraphs(bundle))
  try {
    const spec = { ...taskOf(manifest), episodeLimit: horizon }
    demandEqualAgents(spec) // a model pads what is shorter, a file does not
    const episodes = imaginedEpisodes(simulator, await readStarts(bundle), { ...flags, horizon, mode })
    return await take({ spec, madeBy: `imagined by ${told(bundle, flags, mode)}` }, episodes)
  } finally {
    await simulator.close()
  }
}

async function takeTrue(bundle: Bundle, flags: FromModelFlags, take: Take): Promise<string> {
  const { manifest } = bundle
  const source = await openSource({
    ...flags,
    dataset: '',
    task: manifest.environment,
    heldOut: 0,
    policyStd: RANDOM_STD,
    steps: 1000 * flags.episodes, // about: only for how many copies play
  })
  const policy = manifest.graphs.policy && (await openPlayer(manifest, await readGraphs(bundle)))
  try {
    demandEqualAgents(source.spec)
    const episodes = played(source, policy, flags)
    const madeBy = `true episodes of ${told(bundle, flags, policy ? flags.mode : undefined)}`
    return await take({ spec: source.spec, madeBy }, flags.env ? episodes : seenAfter(episodes, source.spec))
  } finally {
    await policy?.close()
    await source.close()
  }
}

const told = ({ name, version }: Bundle, { seed }: FromModelFlags, mode: ActingMode | undefined): string =>
  `${name}/${version}, ${mode ? `its policy, ${mode === 'mean' ? 'mean' : 'sampled'} actions` : 'random actions'}, seed ${seed}`

async function* played(
  source: EpisodeSource,
  policy: Player | undefined,
  { mode, episodes, seed }: FromModelFlags,
): AsyncGenerator<SeenEpisode> {
  if (policy) yield* await source.play!(policy, mode, episodes, seed)
  else for (let done = 0; done < episodes; done++) yield* await source.collect(done, 1)
}

/** With what is seen after the last action, where that follows from the state. @param spec of a task of our own */
export async function* seenAfter(
  episodes: AsyncIterable<SeenEpisode> | Iterable<SeenEpisode>,
  spec: TaskSpec,
): AsyncGenerator<SeenEpisode> {
  for await (const episode of episodes) {
    const end = episode.states.subarray((episode.states.length / (episode.length + 1)) * episode.length)
    yield { ...episode, last: observedIn(spec, end) }
  }
}

/** What a manifest says of its task; times of tasks of our own. */
function taskOf({ environment, agents, action, state, observation, horizon, reward }: Manifest): TaskSpec {
  return {
    name: environment,
    agents: agents.map(({ name, actuators, choices, bounds }) => ({
      name,
      actuators,
      ...(choices ? { choices } : {}),
      ...(bounds ? { bounds } : {}),
      observationNames: observation.map((entry) => entry.name),
      observationUnits: observation.map(({ unit }) => unit),
    })),
    actionLow: action.low,
    actionHigh: action.high,
    actionUnit: action.unit,
    stateNames: state.map((entry) => entry.name),
    stateUnits: state.map(({ unit }) => unit),
    episodeLimit: horizon,
    stepSeconds: secondsOf(environment),
    reward,
  }
}

function secondsOf(environment: string): number {
  try {
    return taskSpec(environment).stepSeconds
  } catch {
    return 0 // of an environment elsewhere
  }
}
