import { expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { VisitSampler } from '../../../../src/episodes/replay/replay.ts'
import { decoderBatches } from '../../../../src/worlds/dima/train/decoder-batch.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { dims, randomData } from '../../../runs/data.ts'

const { state: S, agents: N, observation: O } = dims

test('pairs a normalised state with the observations at the same step', () => {
  const data = randomData([7, 9])
  const draw = decoderBatches(dims, { batch: 16 }, new VisitSampler()) // the whole replay
  const { states, observations } = draw(data, new Rng('batch'))
  expect([states!.shape, observations!.shape]).toEqual([
    [16, S],
    [16, N, O],
  ])
  const { mean, std } = data.statistics
  const rows = Array.from({ length: 16 }, (_, i) => observations!.data.subarray(i * N * O, (i + 1) * N * O))
  for (const episode of data.replay.episodes) {
    for (let t = 0; t < episode.length; t++) {
      const seen = episode.observations.subarray(t * N * O, (t + 1) * N * O)
      const row = rows.findIndex((values) => values[0] === seen[0])
      expect(rows[row]).toEqual(seen)
      const state = Array.from(
        episode.states.subarray(t * S, (t + 1) * S),
        (value, s) => (value - mean[s]!) / std[s]!,
      )
      expectClose(states!.data.subarray(row * S, (row + 1) * S), state, CLOSE.float32)
    }
  }
})
