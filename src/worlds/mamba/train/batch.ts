// What the world model is trained on: stretches of T steps one after the other, time first, so that each time is a slice. They may
// go on into the next episode, where nothing is known any more. T times, B stretches, N agents, A action, O observation, C classes.
import type { NamedTensors } from '../../../common/tensors.ts'
import { isEnd } from '../../../episodes/replay/episode.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import { type DrawBatch, emptyBatch, type Input } from '../../../learning/objectives.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import type { LatentSizes } from '../networks/presets.ts'

export interface BatchSize {
  /** T */
  sequence: number
  /** B */
  batch: number
}

export function worldInputs(
  { agents: N, action: A, observation: O }: Pick<Widths, 'agents' | 'action' | 'observation'>,
  { groups: C }: LatentSizes,
  { sequence: T, batch: B }: BatchSize,
): Input[] {
  return [
    { name: 'observations', shape: [T * B, N, O] },
    { name: 'actions', shape: [T * B, N, A] }, // taken at what is observed
    { name: 'rewards', shape: [T * B] }, // of the actions
    { name: 'ends', shape: [T * B] }, // 1 where the episode ended with them
    { name: 'resets', shape: [T * B] }, // 1 where nothing was seen before
    { name: 'uniforms', shape: [T * B, N, C] },
  ]
}

/** Stretches begin at any step that has T - 1 behind it, all alike. */
export function worldBatches(
  widths: Pick<Widths, 'agents' | 'action' | 'observation'>,
  sizes: LatentSizes,
  options: BatchSize & { timeLimitIsEnd: boolean },
): DrawBatch {
  const inputs = worldInputs(widths, sizes, options)
  return (data, rng, batch = emptyBatch(inputs)) => {
    const { sequence: T, batch: B } = options
    const places = Math.max(1, data.replay.size - T + 1)
    for (let row = 0; row < B; row++)
      writeStretch(batch as NamedTensors, data, { row, first: rng.int(places) }, options)
    rng.uniforms(batch.uniforms!.data.length, batch.uniforms!.data as Float32Array)
    return batch
  }
}

function writeStretch(
  batch: NamedTensors,
  { replay }: Data,
  { row, first }: { row: number; first: number },
  { sequence: T, batch: B, timeLimitIsEnd }: BatchSize & { timeLimitIsEnd: boolean },
): void {
  for (let time = 0; time < T; time++) {
    const { episode: index, t } = replay.place((first + time) % replay.size)
    const episode = replay.episodes[index]!
    const place = time * B + row
    copyStep(batch.observations!.data, place, episode.observations, t, episode.length)
    copyStep(batch.actions!.data, place, episode.actions, t, episode.length)
    batch.rewards!.data[place] = episode.rewards[t]!
    batch.ends!.data[place] = t === episode.length - 1 && isEnd(episode, timeLimitIsEnd) ? 1 : 0
    batch.resets!.data[place] = time === 0 || t === 0 ? 1 : 0
  }
}

/** Step `t` of an episode of `length` steps. */
function copyStep(to: Float32Array, place: number, from: Float32Array, t: number, length: number): void {
  const width = from.length / length
  to.set(from.subarray(t * width, (t + 1) * width), place * width)
}
