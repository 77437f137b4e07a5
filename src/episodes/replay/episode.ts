// One recorded episode, and its file. T steps, S state, N agents, A action, O observation.
import { readFileSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { numbersOf, packArrays } from '../../common/packed-arrays.ts'
import { seal, unseal } from '../../common/seal.ts'
import { sum } from '../../common/statistics.ts'
import type { Played } from '../sources/exploration/played.ts'

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
  /** whether the task was done in it; absent where that has no meaning */
  success?: boolean
  /** where a run explores: by sampling its policy, or otherwise; absent where it does not */
  played?: Played
}

/** Whether an episode says how good the policy was that was learning then: others were played otherwise on purpose. */
export const isSampled = ({ played = 'sampled' }: Pick<Episode, 'played'>): boolean => played === 'sampled'

/** Whether the last step is an end to the termination head: a time limit is one only where that is asked for. */
export const isEnd = (
  { terminated, truncated }: Pick<Episode, 'terminated' | 'truncated'>,
  timeLimitIsEnd: boolean,
): boolean => terminated || (timeLimitIsEnd && truncated)

/** What a run writes down of an episode that was played. */
export const episodeLine = ({ rewards, length, success, played }: Episode) => ({
  episode_return: sum(rewards),
  episode_length: length,
  ...(success !== undefined && { episode_success: Number(success) }),
  ...(played && { played }),
})

export const endsOf = (episodes: readonly Episode[], timeLimitIsEnd: boolean): number =>
  episodes.filter((episode) => isEnd(episode, timeLimitIsEnd)).length

// Plain msgpack, so that other languages read it.
const packr = new Packr({ useRecords: false })

export function packEpisode({ states, actions, observations, rewards, ...rest }: Episode): Buffer {
  return packr.pack(packArrays({ ...rest, states, actions, observations, rewards }))
}

export function unpackEpisode(bytes: Buffer): Episode {
  const packed = packr.unpack(bytes)
  return {
    ...packed,
    states: numbersOf('f8', packed.states),
    actions: numbersOf('f4', packed.actions),
    observations: numbersOf('f4', packed.observations),
    rewards: numbersOf('f4', packed.rewards),
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
