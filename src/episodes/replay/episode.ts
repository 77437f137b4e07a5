// One recorded episode, and its file. T steps, S state, N agents, A action, O observation.
import { readFileSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { seal, unseal } from '../../common/seal.ts'

export interface Episode {
  length: number // T
  /** [T+1, S] raw global states, the last one after the final action */
  states: Float64Array
  /** [T, N, A] as given to the environment */
  actions: Float32Array
  /** [T, N, O] observations at s_t */
  observations: Float32Array
  /** [T] team reward, the mean over agents */
  rewards: Float32Array
  /** the environment failed; a time limit is `truncated`, never merged */
  terminated: boolean
  truncated: boolean
}

/** Whether the last step is an end to the termination head: a time limit is one only where that is asked for. */
export const isEnd = (
  { terminated, truncated }: Pick<Episode, 'terminated' | 'truncated'>,
  timeLimitIsEnd: boolean,
): boolean => terminated || (timeLimitIsEnd && truncated)

export const endsOf = (episodes: readonly Episode[], timeLimitIsEnd: boolean): number =>
  episodes.filter((episode) => isEnd(episode, timeLimitIsEnd)).length

// Plain msgpack, so that other languages read it; typed arrays go as binary (packing them directly loses elements).
const packr = new Packr({ useRecords: false })
const bytesOf = (array: Float64Array | Float32Array | Int32Array) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength)
const copyOf = (bytes: Buffer) => new Uint8Array(bytes).buffer

export function packEpisode(episode: Episode): Buffer {
  const { states, actions, observations, rewards, ...rest } = episode
  return packr.pack({
    ...rest,
    states: bytesOf(states),
    actions: bytesOf(actions),
    observations: bytesOf(observations),
    rewards: bytesOf(rewards),
  })
}

export function unpackEpisode(bytes: Buffer): Episode {
  const packed = packr.unpack(bytes)
  return {
    ...packed,
    states: new Float64Array(copyOf(packed.states)),
    actions: new Float32Array(copyOf(packed.actions)),
    observations: new Float32Array(copyOf(packed.observations)),
    rewards: new Float32Array(copyOf(packed.rewards)),
  }
}

export const saveEpisode = (path: string, episode: Episode): void =>
  writeFileAtomic(path, seal(packEpisode(episode)))

/**
 * DimaError `invalid_config` for a file whose bytes have changed.
 * @param advice what to do then
 */
export function loadEpisode(path: string, advice = 'put a copy in its place, or delete it'): Episode {
  const bytes = readFileSync(path)
  try {
    return checkSizes(unpackEpisode(unseal(bytes)))
  } catch (error) {
    const why = (error as Error).message
    throw new DimaError('invalid_config', `the episode ${path} is damaged, ${why}: ${advice}`)
  }
}

/** Files from before there was a digest have this check alone. */
function checkSizes(episode: Episode): Episode {
  const { length: T, states, actions, observations, rewards } = episode
  const fits =
    T > 0 && rewards.length === T && [actions, observations].every((array) => array.length % T === 0)
  if (!fits || states.length % (T + 1) !== 0) throw new Error('its arrays do not fit together')
  return episode
}
