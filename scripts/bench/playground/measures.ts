// What is measured of the playground in a browser.
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'

/** The mark that the page sets when it has first drawn a robot. */
const DRAWN = 'robot drawn'
const VIEWPORT = { width: 1280, height: 900 }

const POLL_MS = 100

/** When the first picture of the robot was drawn, milliseconds from the navigation. The policy forbids `waitForFunction`. */
async function drawnAt(page: Page): Promise<number> {
  for (;;) {
    const at = await page.evaluate(`performance.getEntriesByName('${DRAWN}')[0]?.startTime`)
    if (typeof at === 'number') return at
    await page.waitForTimeout(POLL_MS)
  }
}

/** The same of a page that has nothing in the browser's cache. */
export async function firstDrawing(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: VIEWPORT })
  const page = await context.newPage()
  await page.goto(url)
  const at = await drawnAt(page)
  await context.close()
  return at
}

/** Playing, the policy acting. */
export async function openPlayground(
  browser: Browser,
  url: string,
  { ghosts = 0, truth = false }: { ghosts?: number; truth?: boolean },
): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT })
  await page.goto(url)
  await drawnAt(page)
  if (truth) {
    await page.getByRole('switch').click()
    await page.locator('button:enabled', { hasText: 'Set model onto it' }).waitFor()
  }
  if (ghosts > 0) {
    await page.getByLabel('How many').selectOption(String(ghosts))
    await page.getByRole('button', { name: 'Fork', exact: true }).click()
    await page.getByRole('button', { name: 'Clear', exact: true }).waitFor()
  }
  return page
}

export interface Pictures {
  perSecond: number
  /** milliseconds of processor, of all processes of the browser, for one */
  processorMs: number
}

/** Of the browser's turns to draw: in each one is drawn while the robot moves. */
export async function picturesOf(page: Page, seconds: number): Promise<Pictures> {
  await page.locator('canvas').first().scrollIntoViewIfNeeded()
  const before = await processorSeconds(page)
  const perSecond = await countPictures(page, seconds)
  const spent = (await processorSeconds(page)) - before
  return { perSecond, processorMs: (1000 * spent) / (perSecond * seconds) }
}

async function processorSeconds(page: Page): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}

async function countPictures(page: Page, seconds: number): Promise<number> {
  return Number(
    await page.evaluate(`new Promise((done) => {
      let count = 0
      const begun = performance.now()
      requestAnimationFrame(function next(now) {
        count++
        if (now - begun < ${1000 * seconds}) requestAnimationFrame(next)
        else done((1000 * count) / (now - begun))
      })
    })`),
  )
}

/** [minute, MB] at eleven moments or fewer; the first after ten seconds, when all is loaded. */
export async function heapAfter(page: Page, minutes: number): Promise<[number, number][]> {
  const session = await page.context().newCDPSession(page)
  const heap = async (minute: number): Promise<[number, number]> => {
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    return [Number(minute.toFixed(2)), usedSize / 1e6]
  }
  const moments = Math.min(10, Math.ceil(minutes))
  if (moments === 0) return []
  await page.waitForTimeout(10_000)
  const heaps = [await heap(0)]
  for (let i = 1; i <= moments; i++) {
    await page.waitForTimeout((60_000 * minutes) / moments)
    heaps.push(await heap((i * minutes) / moments))
  }
  return heaps
}

/** Bytes, compressed: of the page with all that it loads at once, and of what truth adds. */
export async function sizes(url: string): Promise<Record<string, number>> {
  const size = async (path: string) =>
    gzipSync(await (await fetch(url + path)).arrayBuffer(), { level: 9 }).length
  const sum = async (paths: string[]) => (await Promise.all(paths.map(size))).reduce((a, b) => a + b, 0)
  const html = await (await fetch(url)).text()
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  return {
    page: await sum(['/', ...assets]),
    truth: await sum(['/assets/truth.js', '/assets/mujoco.wasm']),
  }
}
