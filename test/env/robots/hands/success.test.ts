// Whether a task was done is told side by side as it is alone, through a bridge as here, and in what is evaluated.
import { expect, onTestFinished, test } from 'vitest'
import { taskSpec } from '../../../../src/env/make-env.ts'
import { makeVectorEnv } from '../../../../src/env/vector/make-vector-env.ts'
import type { VectorEnv } from '../../../../src/env/vector/vector-env.ts'
import { VectorSource } from '../../../../src/episodes/sources/vector-source.ts'
import { evaluationOf } from '../../../../src/runs/policy-evaluation.ts'
import { connect, serve, servedAs } from '../../bridge/served.ts'

const TASK = 'DexHands-DoorOpenOutward'
const A = 26

/** Straight ahead, with the fingers stretched. */
const PUSH = taskSpec(TASK).agents.map(({ actuators }) =>
  actuators.map((name, i) =>
    i === 0 ? -0.3 : /[FMRL]FJ[12]$/.test(name) ? -1 : /THJ4$/.test(name) ? -1 : /THJ3$/.test(name) ? 1 : 0,
  ),
)

async function doors(numEnvs: number, autoreset: VectorEnv['autoreset'] = 'same_step'): Promise<VectorEnv> {
  const env = await makeVectorEnv(TASK, { numEnvs, autoreset })
  onTestFinished(() => env.close())
  return env
}

/** Copy 0 stays, copy 1 pushes. agent -> [2, A] */
const oneOfTwo = () =>
  Object.fromEntries(
    ['right_hand', 'left_hand'].map((name, hand) => [name, [...Array<number>(A).fill(0), ...PUSH[hand]!]]),
  )

test('copies say which of them has done it, and in the step that ends an episode that of this episode', async () => {
  const env = await doors(2)
  const { infos } = await env.reset({ seed: 1 })
  expect([...infos!.success!]).toEqual([0, 0])
  const told: string[] = [] // each word once for as long as it is said
  while (told.length < 4) {
    const answer = await env.step(oneOfTwo())
    const word = `${[...answer.infos!.success!].join()}${answer.final ? ' end' : ''}`
    if (word !== told.at(-1)) told.push(word)
  }
  expect(told).toEqual(['0,0', '0,1', '0,1 end', '0,0'])
})

test('through a bridge too', async () => {
  const local = await doors(2)
  const url = await serve({ make: async () => servedAs(local, taskSpec(TASK)) })
  const env = await connect(url, { numEnvs: 2 })
  expect((await env.reset({ seed: 1 })).infos).toEqual({ success: new Uint8Array(2) })
  for (let step = 0; step < 120; step++) {
    const success = (await env.step(oneOfTwo())).infos!.success!
    if (success[1] === 1) return expect(success[0]).toBe(0)
  }
  expect.fail('nothing was done')
})

test('an evaluation has the share of episodes in which it was done', async () => {
  const origin = { kind: 'environment' } as const
  const source = new VectorSource({ spec: taskSpec(TASK) }, origin, await doors(2, 'disabled'), {
    seed: 1,
    policyStd: 0.3,
  })
  const act = async (_: unknown, copies: number) => ({
    mean: Float32Array.from({ length: copies * 2 * A }, (_, i) => PUSH.flat()[i % (2 * A)]!),
    std: new Float32Array(copies * 2 * A).fill(1e-3),
  })
  const episodes = await source.play({ act }, 'mean', 2, 1)
  expect(evaluationOf(episodes)).toMatchObject({ evaluation_success: 1, evaluation_episodes: 2 })
  const [first, second] = episodes
  expect(first!.rewards).toEqual(second!.rewards) // all begin alike
  expect(evaluationOf([first!, { ...second!, success: false }]).evaluation_success).toBe(0.5)
})
