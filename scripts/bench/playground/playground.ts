// npm run bench:playground: the playground in Chromium, WebGL in software, before a server on this machine: how soon a robot is
// drawn, how many pictures a second with ghosts, whether memory grows, how large the page is.
import { loadavg } from 'node:os'
import type { Browser } from 'playwright-core'
import Type from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { withServers } from '../../../loadtest/serving/start-server.ts'
import { runCommand } from '../../../src/common/command.ts'
import { median } from '../../../src/common/statistics.ts'
import { startBrowser } from '../../browser.ts'
import { firstDrawing, heapAfter, openPlayground, picturesPerSecond, sizes } from './measures.ts'

const LOADS = 7
const GHOSTS = [0, 16]

const Flags = Type.Object(
  {
    models: Type.String({ default: 'models', description: 'models folder' }),
    seconds: Type.Integer({ default: 10, minimum: 2, description: 'that pictures are counted for' }),
    minutes: Type.Number({
      default: 1,
      minimum: 0,
      description: 'that memory is watched for, truth and 16 futures beside',
    }),
    out: Type.String({ default: 'bench/playground.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Type.Static<typeof Flags>

async function main({ models, out, ...flags }: Flags): Promise<void> {
  const browser = await startBrowser(['--enable-precise-memory-info'])
  try {
    await withServers({ server: { settings: { MODELS: models } } }, async ({ server }) => {
      const load = loadavg()[0]!
      record(out, { ...NOTES, load: significant(load) }, await rowsOf(browser, server.url, flags))
    })
  } finally {
    await browser.close()
  }
}

/** `load` is the machine's at the start: more than there are cores means that the figures are of a busy machine. */
const NOTES = {
  drawing: `median of ${LOADS} loads after one that is not counted, from the navigation to the first picture of the robot`,
  pictures: 'of 1280 x 900 pixels in all; WebGL by SwiftShader on the same cores as the server',
  heap: 'JavaScript heap after a collection, of the page; MuJoCo has its own in the worker',
}

async function rowsOf(
  browser: Browser,
  url: string,
  { seconds, minutes }: Omit<Flags, 'models' | 'out'>,
): Promise<Row[]> {
  const rows: Row[] = []
  const loads: number[] = []
  for (let i = 0; i <= LOADS; i++) loads.push(await firstDrawing(browser, url))
  rows.push({ measure: 'first drawing, ms', value: significant(median(loads.slice(1))) })
  for (const ghosts of GHOSTS) {
    const page = await openPlayground(browser, url, { ghosts })
    rows.push({
      measure: `pictures a second, ${ghosts} ghosts`,
      value: significant(await picturesPerSecond(page, seconds)),
    })
    await page.close()
  }
  for (const [name, bytes] of Object.entries(await sizes(url)))
    rows.push({ measure: `${name}, kB gzip`, value: significant(bytes / 1000) })
  const page = await openPlayground(browser, url, { ghosts: 16, truth: true })
  for (const [minute, megabytes] of await heapAfter(page, minutes))
    rows.push({ measure: `heap after ${minute} min, MB`, value: significant(megabytes) })
  return rows
}

runCommand('bench:playground', Flags, main)
