// The page in a real browser, before a real server of the shipped model: what is seen, and that nothing complains under its
// content security policy.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { digestOf, newKey } from '../../src/server/auth/keys.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { copyDefaultModel, DEFAULT_VERSION } from '../default-model.ts'
import { missingBrowser, open, PATIENTLY, startBrowser } from './browser.ts'

interface Served {
  url: string
  close(): Promise<void>
}

/** With these versions of the shipped model: each is proven first, which takes seconds. */
async function serve(
  models: string,
  versions: string[],
  settings: Record<string, string> = {},
): Promise<Served> {
  copyDefaultModel(models, versions)
  const config = readConfig({ EXECUTORS: '1', RELOAD_SECONDS: '0', MODELS: models, ...settings })
  const { app, close } = await openServer(config, KINDS, pino({ level: 'silent' }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, close }
}

/** Pictures of the card that are seen; as text, since these types know no browser. */
const SHOWN = "[...document.querySelectorAll('.card img')].filter((image) => image.naturalWidth > 0).length"

const title = missingBrowser ? `the page (skipped: ${missingBrowser})` : 'the page'

describe.skipIf(missingBrowser)(title, () => {
  let browser: Browser
  let shared: BrowserContext
  let server: Served
  const folder = mkdtempSync(join(tmpdir(), 'dima-page-'))
  beforeAll(async () => {
    ;[browser, server] = await Promise.all([
      startBrowser(),
      serve(join(folder, 'models'), ['1', DEFAULT_VERSION]),
    ])
    shared = await browser.newContext()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const opened = async (path: string, width?: number, url = server.url) => {
    const one = await open(shared, url + path, width)
    onTestFinished(() => one.page.close())
    return one
  }

  test('shows the model with its card and its pictures', async () => {
    const { page, complaints } = await opened('/')
    await page.waitForSelector('.card table')
    expect(await page.textContent('.models')).toContain('halfcheetah-2x3')
    expect(await page.textContent('.facts')).toContain('50,000')
    await expect.poll(() => page.evaluate(SHOWN), PATIENTLY).toBe(2)
    expect(await page.textContent('.health')).toContain('ready, 1 of 1 on cpu')
    expect(complaints).toEqual([])
  })

  test('imagines an example when asked, with other noise each time', async () => {
    const { page, complaints } = await opened('/')
    await page.click('.imagine button')
    await page.waitForSelector('.chart .future')
    const drawn = () =>
      page.locator('.chart .future').evaluateAll((paths) => paths.map((path) => path.getAttribute('d')))
    const first = await drawn()
    expect(new Set(first).size).toBe(6)
    await page.selectOption('.imagine select', { label: 'pitch' })
    expect(await drawn()).not.toEqual(first)
    await page.selectOption('.imagine select', { label: 'height' })
    expect(await drawn()).toEqual(first)
    await page.click('text=Imagine others')
    await expect.poll(async () => (await drawn())[0], PATIENTLY).not.toBe(first[0])
    expect(complaints).toEqual([])
  })

  test('the address says which version', async () => {
    const { page } = await opened('/#halfcheetah-2x3@1')
    await page.waitForSelector('.versions [aria-current]')
    expect(await page.textContent('.versions [aria-current]')).toBe('version 1')
    await page.click(`text=version ${DEFAULT_VERSION}`)
    await page.locator('.versions [aria-current]', { hasText: `version ${DEFAULT_VERSION}` }).waitFor()
    expect(page.url()).toContain(`#halfcheetah-2x3%40${DEFAULT_VERSION}`)
  })

  test.each([320, 375, 1920])('fits a screen of %i pixels', async (width) => {
    for (const [path, ready] of [
      ['/', '.card'],
      ['/docs', '.opblock'],
    ] as const) {
      const { page } = await opened(path, width)
      await page.waitForSelector(ready)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    }
  })

  test('with keys asks for one, and calls with it; the explorer too', async () => {
    const key = newKey()
    const file = join(folder, 'keys.json')
    const entry = { id: 'alice', sha256: digestOf(key).toString('hex'), scopes: ['rollout'] }
    writeFileSync(file, JSON.stringify([entry]))
    const keyed = await serve(join(folder, 'keyed'), [DEFAULT_VERSION], { KEYS: file })
    onTestFinished(keyed.close)
    const { page } = await opened('/', undefined, keyed.url)
    await page.fill('input[name=key]', 'dima_wrong')
    await page.click('.key button')
    await page.waitForSelector('[role=alert]')
    await page.fill('input[name=key]', key)
    await page.click('.key button')
    await expect.poll(() => page.evaluate(SHOWN), PATIENTLY).toBe(2)
    await page.goto(`${keyed.url}/docs`)
    await page.waitForSelector('.opblock')
    await page.click('#operations-models-listModels .opblock-summary')
    await page.click('#operations-models-listModels .execute')
    await page.waitForSelector('#operations-models-listModels .live-responses-table')
    expect(await page.textContent('#operations-models-listModels .live-responses-table')).toContain(
      '"halfcheetah-2x3"',
    )
  })

  test('the explorer lists every operation and asks nobody else', async () => {
    const { page, complaints } = await opened('/docs')
    await page.waitForSelector('.opblock')
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, object>
    }
    const operations = Object.values(document.paths).flatMap((path) => Object.keys(path))
    expect(await page.locator('.opblock').count()).toBe(operations.length)
    expect(complaints).toEqual([])
  })
})
