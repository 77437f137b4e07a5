// The playground in a real browser, before a real server: what is seen and sent, under its content security policy.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { missingBrowser, open, startBrowser } from '../page/browser.ts'
import { publishPlayModel, type Served, serve } from './served.ts'
import { bringTruth, here, inWorker, trialOf } from './truth/steps.ts'

const title = missingBrowser ? `the playground (skipped: ${missingBrowser})` : 'the playground'

describe.skipIf(missingBrowser)(title, () => {
  const models = mkdtempSync(join(tmpdir(), 'dima-playground-'))
  let browser: Browser
  let server: Served
  beforeAll(async () => {
    await publishPlayModel(models)
    ;[browser, server] = await Promise.all([startBrowser(), serve(models)])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    rmSync(models, { recursive: true, force: true })
  })

  const opened = async (path = '/', width?: number) => {
    const one = await open(browser, server.url + path, width)
    onTestFinished(() => one.page.close())
    return one
  }

  describe('truth', () => {
    test('in the worker steps to the bit as the environment does', async () => {
      const { page, complaints } = await opened('/')
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
      const { page } = await opened('/')
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
      const { page } = await opened('/')
      await bringTruth(page)
      const why = () =>
        page.evaluate(`truth.openTruth('HalfCheetah-2x3-v1').then(() => 'nothing', ({ message }) => message)`)
      await page.route('**/mujoco.wasm', (route) => route.fulfill({ status: 404 }))
      expect(await why()).toContain('MuJoCo could not be loaded: ')
      await page.route('**/truth.js', (route) => route.abort())
      expect(await why()).toContain('MuJoCo could not be loaded')
    })
  })
})
