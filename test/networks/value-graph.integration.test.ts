// The graph `value` gives what the critic of a run says of a state, between the environment's units and the reward's.
import { beforeAll, expect, test } from 'vitest'
import { criticValues } from '../../src/algorithms/policy/critic-values.ts'
import { ValueNormaliser } from '../../src/algorithms/policy/value-normaliser.ts'
import { Rng } from '../../src/common/rng.ts'
import { tensor } from '../../src/common/tensors.ts'
import { openGraphSession } from '../../src/engine/session.ts'
import { compileServing } from '../../src/graph/serving-graph.ts'
import { packBuckets, planBuckets } from '../../src/graph/train-step.ts'
import { normaliseInto } from '../../src/learning/objectives.ts'
import { createCritic } from '../../src/networks/critic.ts'
import { DIMA_POLICY } from '../../src/networks/policy-sizes.ts'
import { valueGraph } from '../../src/networks/value-graph.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { randomWeights } from '../worlds/dima/random-model.ts'

beforeAll(useCpu)

const [S, ROWS, SCALE] = [18, 7, 0.5]

test('its values are those of the critic, in rewards', async () => {
  const rng = new Rng('value graph')
  const mean = rng.normals(S)
  const std = rng.normals(S).map((x) => 0.1 + Math.abs(x))
  const states = Float64Array.from(rng.normals(ROWS * S), (z, i) => mean[i % S]! + 2 * std[i % S]! * z)
  const critic = createCritic(S, DIMA_POLICY.critic)
  const weights = randomWeights(critic.parameters)
  const normaliser = new ValueNormaliser(0.9)
  normaliser.update(Float32Array.of(10, 30, 80))

  const inputs = new Float32Array(ROWS * S)
  const statistics = { mean: Float64Array.from(mean), std: Float64Array.from(std) }
  normaliseInto(inputs, 0, states, 0, ROWS, statistics, SCALE)
  const parameters = packBuckets(planBuckets(critic.parameters), weights)
  const expected = normaliser.denormalise(await criticValues(critic, parameters, inputs, S))

  const units = { state: { mean: [...mean], std: [...std], scale: SCALE }, value: normaliser.moments }
  const session = await openGraphSession(
    compileServing('value', valueGraph(critic, units), critic.parameters, weights),
  )
  const { values } = await session.run({ states: tensor([ROWS, S], Float32Array.from(states)) })
  await session.release()
  expect(values!.shape).toEqual([ROWS])
  expect(new Set(expected).size).toBe(ROWS)
  for (const [row, value] of values!.data.entries()) expect(value).toBeCloseTo(expected[row]!, 3)
})
