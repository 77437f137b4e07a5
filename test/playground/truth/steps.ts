// The same steps in the worker of a browser and in the environment here.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { makeMujocoEnv, resolveTask } from '../../../src/env/make-env.ts'
import { poseOf } from '../../../src/env/robots/goal.ts'
import type { TrueStep } from '../../../src/playground/truth/messages.ts'

const TRUTH = fileURLToPath(new URL('../../../src/playground/truth/truth.ts', import.meta.url))

/** Gives a page the global `truth` with what truth.ts exports. Its policy does not hold for what tests evaluate. */
export async function bringTruth(page: Page): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [TRUTH],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'truth',
  })
  await page.evaluate(`${outputFiles[0]!.text}; globalThis.truth = truth`)
}

export interface Trial {
  name: string
  start: number[] // [S]
  actions: number[][][] // [H][N][A]
}

/** A start and actions of an episode. */
export async function trialOf(name: string, steps: number): Promise<Trial> {
  const env = await makeMujocoEnv(name)
  env.reset({ seed: 3 })
  const start = [...env.state()]
  env.close()
  const { agents } = resolveTask(name)
  const joint = (t: number) =>
    agents.map(({ controls }, n) => controls.map((_, a) => Math.sin(t + 2 * n + a)))
  return { name, start, actions: Array.from({ length: steps }, (_, t) => joint(t)) }
}

/** In this process, until the episode ends. */
export async function here({ name, start, actions }: Trial): Promise<TrueStep[]> {
  const { goal, agents } = resolveTask(name)
  const env = await makeMujocoEnv(name)
  const { qpos, qvel } = poseOf(name, goal)(start, [0, 0])
  env.setState(qpos, qvel)
  const steps: TrueStep[] = []
  for (const joint of actions) {
    const byAgent = Object.fromEntries(agents.map((agent, n) => [agent.name, joint[n]!]))
    const { rewards, terminations } = env.step(byAgent)
    const terminated = terminations.agent_0!
    steps.push({ state: [...env.state()], reward: rewards.agent_0!, terminated })
    if (terminated) break
  }
  env.close()
  return steps
}

/** In the browser, all of them. */
export const inWorker = (page: Page, trial: Trial): Promise<TrueStep[]> =>
  page.evaluate(`(async ({ name, start, actions }) => {
    const world = await truth.openTruth(name)
    await world.begin(start)
    const steps = await Promise.all(actions.map((joint) => world.step(joint)))
    world.close()
    return steps
  })(${JSON.stringify(trial)})`)
