// The start of an episode: which seed, which start window, and the position they give.
import { DimaError } from '../../common/errors.ts'
import { hashKey, Rng } from '../../common/rng.ts'
import { scaledStarts } from '../../worlds/dima/serve/scaling.ts'
import { lettersOf, type SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import { startKeys } from '../../worlds/noise.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { allFinite, diverged } from './finite.ts'
import { newLineage, type Position } from './position.ts'
import type { LiveModel, StartWindow } from './types.ts'

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

/** Throws DimaError `no_start`, `diverged` when a start is too large for the model, and those of Runner.observe. */
export async function beginEpisode(
  runner: Runner,
  model: LiveModel,
  { seed, episode, start }: EpisodeOptions,
  options?: WorkOptions,
): Promise<Position> {
  const spec = model.bundle.manifest
  const begun = scaled(spec, start ?? chosenStart(model, seed))
  if (!allFinite(begun.states)) throw diverged('the scaled start')
  const x = begun.states.slice(-spec.state.length) // [1, S]
  const observations = await runner.observe(model.bundle.digest, x, options)
  if (!allFinite(observations)) throw diverged('the observation of the start')
  const counters = { lineage: newLineage(), seed, episode, episodeStep: 0 }
  return { ...counters, ...begun, observations, terminated: false, truncated: false }
}

function chosenStart(model: LiveModel, seed: number): StartWindow {
  requireStarts(model)
  return model.starts[new Rng(seed, 'start').int(model.starts.length)]!
}

function scaled(spec: SimulatorSpec, { states, actions }: StartWindow) {
  const { L, N, A, S } = lettersOf(spec)
  const padded = {
    batch: 1,
    horizon: 0,
    states: atEnd(new Float64Array(L * S), states), // [1, L, S]
    windows: Int32Array.of(states.length / S),
    pastActions: atEnd(new Float32Array((L - 1) * N * A), actions), // [1, L-1, N, A]
  }
  return {
    key: startKeys(padded, L)[0]!,
    states: scaledStarts(spec, padded), // [L, S]
    actions: padded.pastActions, // [L-1, N, A]
    state: states.slice(states.length - S),
  }
}

function atEnd<T extends Float32Array | Float64Array>(padded: T, values: T): T {
  padded.set(values, padded.length - values.length)
  return padded
}
