// What the Transformer is trained on: sequences of H steps one after the other, which may go on into the next episode. Their
// observations become tokens by the tokenizer as it is when they are drawn. S sequences, H steps, N agents, A action, O
// observation, K tokens.
import type { NamedTensors } from '../../../common/tensors.ts'
import { isEnd } from '../../../episodes/replay/episode.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import { type DrawBatch, emptyBatch, type Input } from '../../../learning/objectives.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { BLOCKS, type TokenSizes } from '../networks/presets.ts'
import { worldInputs } from './world-objective.ts'

type BatchWidths = Pick<Widths, 'agents' | 'action' | 'observation'>

export interface SequenceOptions {
  /** S */
  sequences: number
  timeLimitIsEnd: boolean
}

/** Sequences begin at any step that has H - 1 behind it, all alike; `observations` in place of tokens. */
export function sequenceBatches(
  widths: BatchWidths,
  { tokens: K }: Pick<TokenSizes, 'tokens'>,
  options: SequenceOptions,
): DrawBatch {
  const inputs = [
    ...worldInputs(widths, { tokens: K }, options.sequences).filter(({ name }) => name !== 'tokens'),
    observationInput(widths, options.sequences),
  ]
  return (data, rng, batch = emptyBatch(inputs)) => {
    const places = Math.max(1, data.replay.size - BLOCKS + 1)
    for (let row = 0; row < options.sequences; row++)
      writeSequence(batch as NamedTensors, data, { row, first: rng.int(places) }, options.timeLimitIsEnd)
    writeWeights(batch as NamedTensors, K)
    return batch
  }
}

const observationInput = ({ agents: N, observation: O }: BatchWidths, S: number): Input => ({
  name: 'observations',
  shape: [S, BLOCKS, N, O],
})

function writeSequence(
  { observations, actions, segments, rewards, ends }: NamedTensors,
  { replay }: Data,
  { row, first }: { row: number; first: number },
  timeLimitIsEnd: boolean,
): void {
  let segment = 0
  for (let step = 0; step < BLOCKS; step++) {
    const { episode: index, t } = replay.place((first + step) % replay.size)
    const episode = replay.episodes[index]!
    const place = row * BLOCKS + step
    const copy = (to: Float32Array, from: Float32Array) => {
      const width = from.length / episode.length
      to.set(from.subarray(t * width, (t + 1) * width), place * width)
    }
    if (t === 0 && step > 0) segment++
    copy(observations!.data, episode.observations)
    copy(actions!.data, episode.actions)
    segments!.data[place] = segment
    rewards!.data[place] = episode.rewards[t]!
    ends!.data[place] = t === episode.length - 1 && isEnd(episode, timeLimitIsEnd) ? 1 : 0
  }
}

/** Of each sequence they sum to 1, and to equal parts of it of each episode in it, whose first token nothing tells. */
function writeWeights({ segments, weights }: NamedTensors, K: number): void {
  for (let from = 0; from < segments!.data.length; from += BLOCKS) {
    const own = segments!.data.subarray(from, from + BLOCKS)
    const count = own[BLOCKS - 1]! + 1
    for (let step = 0; step < BLOCKS; step++) {
      const isFirst = step === 0 || own[step - 1] !== own[step]
      const steps = own.filter((segment) => segment === own[step]).length
      const weight = 1 / (count * (steps * K - 1))
      for (let k = 0; k < K; k++) weights!.data[(from + step) * K + k] = isFirst && k === 0 ? 0 : weight
    }
  }
}
