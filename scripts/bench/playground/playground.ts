// npm run bench:playground: the playground in Chromium, WebGL in software, before a server on this machine: how soon a robot is
// drawn, how many pictures a second with ghosts, whether memory grows, how large the page is.
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import type { Browser } from 'playwright-core'
import Type from 'typebox'
import { type Row, recordSection, significant } from '../../../loadtest/record.ts'
import { withServers } from '../../../loadtest/serving/start-server.ts'
import { runCommand } from '../../../src/common/command.ts'
import { median } from '../../../src/common/statistics.ts'
import { startBrowser } from '../../browser.ts'
import { firstDrawing, heapAfter, openPlayground, picturesOf, sizes } from './measures.ts'

const LOADS = 7
const GHOSTS = [0, 16]

const Flags = Type.Object(
  {
    models: Type.String({ default: 'models', description: 'models folder' }),
    seconds: Type.Integer({ default: 10, minimum: 2, description: 'that pictures are counted for' }),
    minutes: Type.Number({
      default: 1,
      minimum: 0,
      description: 'that memory is watched for, truth and 16 futures beside; 0: not',
    }),
    out: Type.String({ default: 'bench/playground.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Type.Static<typeof Flags>

async function main({ models, seconds, minutes, out }: Flags): Promise<void> {
  const browser = await startBrowser()
  try {
    await withServers({ server: { settings: { MODELS: models } } }, async ({ server }) => {
      recordSection(out, 'drawing', await drawing(browser, server.url, seconds))
      if (minutes > 0) recordSection(out, 'memory', await memory(browser, server.url, minutes))
    })
    console.log(readFileSync(out, 'utf8'))
  } finally {
    await browser.close()
  }
}

/** `load` is the machine's at the start: more than it has cores means that times are those of a busy machine. */
async function drawing(browser: Browser, url: string, seconds: number): Promise<object> {
  const load = significant(loadavg()[0]!)
  const loads: number[] = []
  for (let i = 0; i <= LOADS; i++) loads.push(await firstDrawing(browser, url))
  const rows: Row[] = [{ measure: 'first drawing, ms', value: significant(median(loads.slice(1))) }]
  for (const ghosts of GHOSTS) {
    const page = await openPlayground(browser, url, { ghosts })
    const { perSecond, processorMs } = await picturesOf(page, seconds)
    rows.push({ measure: `pictures a second, ${ghosts} ghosts`, value: significant(perSecond) })
    rows.push({ measure: `processor ms a picture, ${ghosts} ghosts`, value: significant(processorMs) })
    await page.close()
  }
  for (const [name, bytes] of Object.entries(await sizes(url)))
    rows.push({ measure: `${name}, kB gzip`, value: significant(bytes / 1000) })
  return { ...NOTES, load, rows }
}

async function memory(browser: Browser, url: string, minutes: number): Promise<object> {
  const page = await openPlayground(browser, url, { ghosts: 16, truth: true })
  const rows = await heapAfter(page, minutes)
  return {
    heap: 'JavaScript heap of the page after a collection, truth and 16 futures beside; MuJoCo has its own in the worker',
    rows: rows.map(([minute, megabytes]) => ({ minute, megabytes: significant(megabytes) })),
  }
}

const NOTES = {
  drawing: `median of ${LOADS} loads after one that is not counted, from the navigation to the first picture of the robot`,
  pictures:
    'a window of 1280 x 900 pixels; WebGL by SwiftShader on the same cores as the server; processor time of all processes of the browser',
}

runCommand('bench:playground', Flags, main)
