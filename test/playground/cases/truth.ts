// The true robot in the worker of a browser.
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { bringTruth, here, inWorker, trialOf } from '../truth/steps.ts'

export function truthCases(context: () => Context): void {
  test('in the worker steps to the bit as the environment does', async () => {
    const { page, complaints } = await context().open()
    await bringTruth(page)
    for (const name of ['HalfCheetah-2x3-v1', 'Walker2d-2x3-v1', 'Ant-2x4-v1']) {
      const trial = await trialOf(name, 50)
      const expected = await here(trial)
      const steps = await inWorker(page, trial)
      expect(steps.slice(0, expected.length), name).toEqual(expected)
      expect(steps).toHaveLength(50)
    }
    expect(complaints).toEqual([])
  })

  test('says in words what it refuses, and that it is closed', async () => {
    const { page } = await context().open()
    await bringTruth(page)
    const why = (text: string) =>
      page.evaluate(`(async () => { ${text} })().then(() => 'nothing', ({ message }) => message)`)
    expect(await why(`await truth.openTruth('simple_spread_v3')`)).toContain("can't run in a browser")
    expect(await why(`await truth.openTruth('Ant-3x3')`)).toContain('Ant has no split 3x3')
    const cheetah = `const world = await truth.openTruth('HalfCheetah-2x3-v1');`
    expect(await why(`${cheetah} await world.begin([1])`)).toBe('the state has 1 values, not 17')
    expect(await why(`${cheetah} await world.step([])`)).toContain('no state to step from')
    const closed = `const steps = world.step([]); world.close(); world.close(); await steps`
    expect(await why(`${cheetah} ${closed}`)).toBe('the true environment is closed')
  })

  test('says so where it can not be loaded', async () => {
    const { page } = await context().open()
    await bringTruth(page)
    const why = () =>
      page.evaluate(`truth.openTruth('HalfCheetah-2x3-v1').then(() => 'nothing', ({ message }) => message)`)
    await page.route('**/mujoco.wasm', (route) => route.fulfill({ status: 404 }))
    expect(await why()).toContain('MuJoCo could not be loaded: ')
    await page.route('**/truth.js', (route) => route.abort())
    expect(await why()).toContain('MuJoCo could not be loaded')
  })
}
