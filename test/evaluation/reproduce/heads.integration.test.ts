// Check 11, on networks that are exactly right and on ones that know nothing.
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/episodes/replay/collect.ts'
import { entropyOf } from '../../../src/evaluation/reproduce/heads.ts'
import type { Subject } from '../../../src/evaluation/reproduce/subject.ts'
import type { RewardModel } from '../../../src/worlds/dima/networks/reward-model.ts'
import type { StateDecoder } from '../../../src/worlds/dima/networks/state-decoder.ts'
import { HORIZON } from '../../../src/worlds/dima/train/steps.ts'
import { CLOSE, expectClose } from '../../common/close.ts'
import { configOf, openTask, TASK } from '../../runs/fixture.ts'
import { LENGTH, sizes, spec, syntheticEnv } from '../../runs/synthetic-env.ts'
import { missesOf } from './fixture.ts'

const S = sizes.state
const { mean, std } = spec.normalisation
const env = syntheticEnv(() => ({ length: LENGTH, fails: true }))
const episodes = [0, 1, 2].map((i) => collectEpisode(env, gaussianPolicy(env, 0.5), 1, 'heads', i))
const RATE = 1 / LENGTH

const raw = (states: tf.Tensor) => tf.add(tf.mul(states, std), mean)

/** @param factor of the rewards, 1 is right; @param rate probability of an end */
const rewardModel = (factor = 1, rate = RATE): RewardModel => ({
  parameters: [],
  cacheSize: { blocks: 1, width: 1 },
  step: () => {
    throw new Error('not used')
  },
  predict: (_, { states, actions, segments }) => {
    const [a, b] = tf.split(raw(states), S, -1) as tf.Tensor[]
    const [left, right] = tf.split(tf.reshape(actions, [-1, HORIZON, 2]), 2, -1) as tf.Tensor[]
    const reward = tf.sub(tf.add(tf.add(a!, tf.mul(b!, 10)), tf.mul(left!, 100)), right!)
    const nothing = tf.mul(tf.expandDims(segments!, 2), 0)
    const logits = tf.concat([tf.add(nothing, Math.log(1 - rate)), tf.add(nothing, Math.log(rate))], 2)
    return { rewards: tf.mul(tf.reshape(reward, [-1, HORIZON]), factor), logits }
  },
})

/** @param factor of the observations, 1 is right */
const decoder = (factor = 1): StateDecoder => ({
  parameters: [],
  decode: (_, states) => {
    const seen = tf.mul(raw(states), 2)
    const own = (agent: number) => tf.add(tf.mul(tf.slice(seen, [0, 0], [-1, 1]), 0), 2 * agent)
    const both = tf.concat([seen, own(0), seen, own(1)], 1)
    return tf.mul(tf.reshape(both, [-1, 2, 4]), factor)
  },
})

function subjectOf(reward: RewardModel, decoding: StateDecoder): Subject {
  const task = {
    ...taskSpec(TASK),
    stateNames: ['a', 'b', 't'],
    agents: [0, 1].map((i) => ({
      name: `agent_${i}`,
      actuators: ['force'],
      observationNames: ['a', 'b', 't', 'id'],
      observationUnits: ['1', '1', '1', '1'],
    })),
  }
  const statistics = {
    count: 1,
    mean: Float64Array.from(mean),
    variance: Float64Array.from(std, (x) => x * x),
  }
  const model = {
    record: { config: configOf() },
    task,
    networks: { reward, decoder: decoding },
    weights: { reward: new Map(), decoder: new Map() },
    checkpoint: { statistics },
  } as unknown as DimaModel
  return { model, episodes, seed: 1, reference: true } as unknown as Subject
}

const [REWARD, END, SEEN] = [
  'reward smooth L1',
  'termination NLL less the base rate’s entropy',
  'decoder L1 against the exact map, median episode',
]

test.each<[string, RewardModel, StateDecoder, string[]]>([
  ['nothing of exact networks that know the frequency of ends', rewardModel(), decoder(), []],
  ['rewards that are 2 % off', rewardModel(1.02), decoder(), [REWARD!]],
  ['ends thought as likely as not', rewardModel(1, 0.5), decoder(), [END!]],
  ['ends thought impossible', rewardModel(1, 1e-6), decoder(), [END!]],
  ['observations that are 10 % off', rewardModel(), decoder(1.1), [SEEN!]],
])('misses %s', async (_, reward, decoding, expected) => {
  expect(await missesOf(11, subjectOf(reward, decoding))).toEqual(expected)
})

test('the entropy of a coin is ln 2, of a certainty 0', () => {
  expect([entropyOf(0.5), entropyOf(0), entropyOf(1)]).toEqual([Math.LN2, 0, 0])
})

test('what HalfCheetah shows is the exact map: state and identity, standardised entry by entry of one vector', async () => {
  const source = await openTask(configOf())
  const [episode] = await source.heldOut(1, 1)
  await source.close()
  const [width, agents] = [17, 2]
  for (const t of [0, 1, 500]) {
    for (const agent of [0, 1]) {
      const id = Array.from({ length: agents }, (_, i) => (i === agent ? 1 : 0))
      const values = [...episode!.states.subarray(t * width, (t + 1) * width), ...id]
      const centre = values.reduce((a, b) => a + b, 0) / values.length
      const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / values.length)
      const first = (t * agents + agent) * values.length
      expectClose(
        episode!.observations.subarray(first, first + values.length),
        values.map((x) => (x - centre) / spread),
        CLOSE.float32,
      )
    }
  }
})
