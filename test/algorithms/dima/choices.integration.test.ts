// A run of DIMA whose agents choose and differ in size, from its first episode to the graphs of a bundle.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrainer } from '../../../src/algorithms/dima/trainer.ts'
import { undecided } from '../../../src/common/action-layout.ts'
import { scaledTask } from '../../../src/env/scaled-actions.ts'
import { uniformEnv } from '../../../src/env/vector/uniform-env.ts'
import { VectorSource } from '../../../src/episodes/sources/vector-source.ts'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { compileGraphs } from '../../../src/graph/serving-graph.ts'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import type { TrainedModel } from '../../../src/runs/trained-model.ts'
import { layoutOfAgent } from '../../../src/worlds/acting.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { openSimulator } from '../../../src/worlds/open-simulator.ts'
import { singleStarts } from '../../../src/worlds/starts.ts'
import { choiceEnv, choiceTask } from '../../episodes/sources/choice-env.ts'
import { dimaConfigOf, quiet, RESOURCES } from '../../runs/fixture.ts'

const folder = new RunFolder(mkdtempSync(join(tmpdir(), 'choices-')))
afterAll(() => rmSync(folder.path, { recursive: true, force: true }))

const [N, A, O, H] = [2, 3, 5, 4]
const LONG = 24
const task = scaledTask(choiceTask, choiceEnv(1))
let model: TrainedModel

beforeAll(async () => {
  const config = dimaConfigOf({ task: task.name, steps: 100 })
  const changes = {
    stepsPerEpoch: LONG,
    warmupSteps: LONG,
    exploration: { ...config.hyperparameters.exploration, share: 0.5 },
  }
  Object.assign(config.hyperparameters, changes)
  const env = uniformEnv(choiceEnv(1, LONG), task)
  const source = new VectorSource({ spec: task }, { kind: 'environment' }, env, { seed: 1, policyStd: 0.4 })
  folder.claim({ config, task, origin: source.origin }, 'test')
  const trainer = await openTrainer(config, { folder, source, reporter: quiet, resources: RESOURCES })
  await trainer.run()
  await trainer.close()
  model = await readTrainedModel(folder.path)
})

test('episodes hold choices one-hot and padding as zeros', () => {
  for (let i = 0; folder.hasEpisode(i); i++) {
    const { length, actions, observations } = folder.loadEpisode(i)
    for (let t = 0; t < length; t++) {
      for (let n = 0; n < N; n++)
        expect(undecided(actions, (t * N + n) * A, layoutOfAgent(model.spec, n))).toBeUndefined()
      expect([...observations.subarray((t * N + 1) * O + 1, (t * N + 2) * O)]).toEqual([0, 0, 0, 1])
    }
  }
})

test('its manifest tells of choices, bounds and what each agent sees', () => {
  expect(model.spec).toMatchObject({
    agents: [
      { name: 'picker', choices: [3], observed: 3 },
      { name: 'mixer', choices: [2], bounds: { low: [0], high: [4] }, observed: 1 },
    ],
    action: { dimension: A, low: -1, high: 1 },
  })
  expect(model.spec.observation).toHaveLength(O)
})

test('its policy acts in the model by choices, and agents are shown padding as it is', async () => {
  const simulator = await openSimulator(KINDS, model.spec, compileGraphs(model))
  const starts = singleStarts(model.spec, Float64Array.of(1, 0, 2, 5))
  const acting = { agents: [true, true], mode: 'sample' as const }
  const choice = simulator.kind.choices.every(model.spec)[0]
  const actions = new Float32Array(2 * H * N * A)
  const rollout = { ...starts, horizon: H, actions, seed: 1, choice, policy: acting }
  const imagined = await simulator.rollout(rollout)
  await simulator.close()
  for (let row = 0; row < 2 * H; row++) {
    for (let n = 0; n < N; n++)
      expect(undecided(imagined.actions!, (row * N + n) * A, layoutOfAgent(model.spec, n))).toBeUndefined()
    const seen = imagined.observations.subarray(row * N * O, (row + 1) * N * O)
    expect([...seen.subarray(3, 5), ...seen.subarray(O + 1)]).toEqual([1, 0, 0, 0, 0, 1])
  }
})
