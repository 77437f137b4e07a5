// Agents that differ, and choose: each has an actor made for it alone.
import '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { happoConfig } from '../../../src/algorithms/happo/config.ts'
import { HappoImprovement } from '../../../src/algorithms/happo/improvement.ts'
import { record } from '../../../src/algorithms/play/recording.ts'
import { RunningCopies } from '../../../src/algorithms/play/running-copies.ts'
import { Rng } from '../../../src/common/rng.ts'
import { mean } from '../../../src/common/statistics.ts'
import { scaledTask } from '../../../src/env/scaled-actions.ts'
import { uniformEnv } from '../../../src/env/vector/uniform-env.ts'
import { widthsOf } from '../../../src/networks/dimensions.ts'
import { choiceEnv, choiceTask } from '../../episodes/sources/choice-env.ts'
import { parseTrainFlags } from '../flags.ts'

const SET = 'copies=8,stepsPerCopy=32,ppo.passes=5,ppo.learningRate=0.003,ppo.clip=0.2'

test('they learn what to choose, beside numbers of another range', async () => {
  const task = scaledTask(choiceTask, choiceEnv(1))
  const config = happoConfig(parseTrainFlags('--algorithm', 'happo', '--task', task.name, '--set', SET))
  const improvement = await HappoImprovement.open(config, task, { cores: 1, stepsPerCall: 1 })
  const copies = new RunningCopies(uniformEnv(choiceEnv(8), task), 1)
  const rewards: number[] = []
  for (let i = 0; i < 24; i++) {
    const policy = await improvement.policy()
    const played = (await record(copies, policy, 32, widthsOf(task), new Rng(1, i)))!
    await policy.close()
    rewards.push(mean(played.rewards))
    await improvement.improve(played, new Rng(2, i), 1)
  }
  await improvement.close()
  expect(rewards[0]).toBeLessThan(0)
  expect(rewards.at(-1)).toBeGreaterThan(0.4)
})
