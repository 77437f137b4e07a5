// One recorded episode, and its file. T steps, S state, N agents, A action, O observation.
import { readFileSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { writeFileAtomic } from '../../common/files.ts'

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
  writeFileAtomic(path, packEpisode(episode))
export const loadEpisode = (path: string): Episode => unpackEpisode(readFileSync(path))
