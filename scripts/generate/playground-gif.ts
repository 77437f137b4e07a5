// npm run playground-gif: plays the page in Chromium, a step a picture, and writes docs/playground.gif: the imagined robot with
// the true one beside it, then futures that fork.
import { writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import Type from 'typebox'
import { withServers } from '../../loadtest/serving/start-server.ts'
import { runCommand } from '../../src/common/command.ts'
import { gif } from '../../src/render/raster.ts'
import { startBrowser } from '../browser.ts'

const VIEWPORT = { width: 1040, height: 1000 }
/** As it is, and a little slower than the robot. */
const DELAY_MS = 60
const MOST_BYTES = 2_000_000
/** What the plots take to follow the picture. */
const SETTLED_MS = 150

const Flags = Type.Object(
  {
    models: Type.String({ default: 'models', description: 'models folder' }),
    alone: Type.Integer({ default: 16, minimum: 1, description: 'steps before the fork' }),
    forked: Type.Integer({ default: 28, minimum: 1, description: 'steps after it' }),
    out: Type.String({ default: 'docs/playground.gif', description: 'where to write it' }),
  },
  { additionalProperties: false },
)

async function main({ models, alone, forked, out }: Type.Static<typeof Flags>): Promise<void> {
  const browser = await startBrowser()
  try {
    await withServers({ server: { settings: { MODELS: models } } }, async ({ server }) => {
      const page = await browser.newPage({
        viewport: VIEWPORT,
        reducedMotion: 'reduce',
        deviceScaleFactor: 2, // drawn twice as large, edges are smooth in the picture
      })
      await page.goto(server.url)
      const film = await gif(await picturesOf(page, alone, forked), DELAY_MS)
      if (film.length > MOST_BYTES)
        throw new Error(`the film has ${film.length} bytes, more than ${MOST_BYTES}`)
      writeFileSync(out, film)
      console.log(`written to ${out}: ${film.length} bytes`)
    })
  } finally {
    await browser.close()
  }
}

async function picturesOf(page: Page, alone: number, forked: number): Promise<Buffer[]> {
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await page.getByRole('switch').click()
  await page.locator('button:enabled', { hasText: 'Set model onto it' }).waitFor()
  const pictures: Buffer[] = []
  const take = async (steps: number) => {
    for (let i = 0; i < steps; i++) {
      await stepOnce(page)
      await page.waitForTimeout(SETTLED_MS)
      pictures.push(await pictureOf(page))
    }
  }
  await take(alone)
  await page.getByLabel('What differs').selectOption({ label: 'same seed, other actions' })
  await button('Fork').click()
  await button('Clear').waitFor()
  await button('Pause').click()
  await take(forked)
  return pictures
}

const timelineOf = (page: Page) => page.getByRole('slider', { name: /Place in time/ })

/** Takes a step, and waits until it is shown, with all who are beside. */
async function stepOnce(page: Page): Promise<void> {
  const step = async () => Number(await timelineOf(page).inputValue())
  const before = await step()
  await page.getByRole('button', { name: 'One step', exact: true }).click()
  while ((await step()) === before) await page.waitForTimeout(20)
}

/** The stage down to its timeline, and the measurements beside it. */
async function pictureOf(page: Page): Promise<Buffer> {
  const stage = (await page.locator('canvas').first().boundingBox())!
  const plots = (await page.getByRole('region', { name: 'Measurements' }).boundingBox())!
  const timeline = (await timelineOf(page).boundingBox())!
  const gap = 8
  const [x, y] = [stage.x - gap, stage.y - gap]
  const clip = {
    x,
    y,
    width: plots.x + plots.width + gap - x,
    height: timeline.y + timeline.height + 3 * gap - y,
  }
  return page.screenshot({ clip, scale: 'css' })
}

runCommand('playground-gif', Flags, main)
