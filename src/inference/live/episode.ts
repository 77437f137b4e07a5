// The start of an episode: which seed, which start window, and the position they give.
import { DimaError } from '../../common/errors.ts'
import { hashKey, Rng } from '../../common/rng.ts'
import { startKeys } from '../../worlds/noise.ts'
import { padded, type StartWindow } from '../../worlds/starts.ts'
import type { Memories } from '../../worlds/world.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { allFinite, diverged } from './diverged.ts'
import { newLineage, type Position } from './position.ts'
import type { LiveModel } from './types.ts'

export interface EpisodeOptions {
  seed: number
  /** resets before it */
  episode: number
  /** absent: one of the model's, chosen by the seed */
  start?: StartWindow | undefined
}

/** The seed of episode number `episode` when nobody gives one; `seed` is its predecessor's. */
export const nextSeed = (seed: number, episode: number): number => hashKey([seed, 'episode', episode])

/** The next episode from one of the model's own starts. */
export const nextEpisode = ({ seed, episode }: Position): EpisodeOptions => ({
  seed: nextSeed(seed, episode + 1),
  episode: episode + 1,
})

/** Throws DimaError `no_start`. */
export function requireStarts({ bundle, starts }: LiveModel): void {
  if (starts.length === 0) throw new DimaError('no_start', `${bundle.name} brings no start states`)
}

/** Throws DimaError `no_start`, `diverged` when a start is too large for the model, and those of Runner.begin. */
export async function beginEpisode(
  runner: Runner,
  { model, memories, choice }: World,
  { seed, episode, start }: EpisodeOptions,
  options?: WorkOptions,
): Promise<Position> {
  const { digest, manifest } = model.bundle
  const window = start ?? chosenStart(model, seed)
  const { observations, carried } = await runner.begin(digest, choice, window, options)
  if (!allFinite(carried)) throw diverged('the scaled start')
  if (!allFinite(observations)) throw diverged('the observation of the start')
  const { states } = window
  return {
    lineage: newLineage(),
    seed,
    key: startKeys(padded(manifest, [window]), manifest.context)[0]!,
    episode,
    episodeStep: 0,
    memory: memories.begin(window, carried),
    state: states.slice(states.length - manifest.state.length),
    observations,
    terminated: false,
    truncated: false,
  }
}

/** The model that a session is bound to, what was chosen of it, and how its kind remembers. */
export interface World {
  readonly model: LiveModel
  readonly memories: Memories
  /** of the model's kind */
  readonly choice: unknown
}

function chosenStart(model: LiveModel, seed: number): StartWindow {
  requireStarts(model)
  return model.starts[new Rng(seed, 'start').int(model.starts.length)]!
}
