// Blocks of documents that say `run`, as they stand but for the port, in a folder like a fresh checkout beside a server.
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Block, blocksOf } from './blocks.ts'
import { checkout, remove, type Served, startIn } from './checkout.ts'
import { LONGEST_MS, PYTHON, paste } from './paste.ts'

/** Those of docs/training.md are run by test/end-to-end.integration.test.ts, which looks at what they leave. */
const DOCUMENTS = [
  ...['README.md', 'clients/python/README.md', 'deploy/README.md'],
  ...['docs/rendering.md', 'docs/serving.md'],
]
const blocks = DOCUMENTS.flatMap(blocksOf).filter(({ runs }) => runs)

/** What the Python client needs. In CI it must be there. */
const client = spawnSync(PYTHON, ['-c', 'import numpy, msgpack, websockets']).status === 0
const missing = ({ text }: Block): boolean => !process.env.CI && !client && /from dima/.test(text)

const folder = checkout()
let server: Served
beforeAll(async () => {
  server = await startIn(folder)
})
afterAll(async () => {
  await server?.stop()
  remove(folder)
})

describe('blocks that say so run as pasted', () => {
  test('there are some in README', () => {
    expect(blocks.filter(({ place }) => place.startsWith('README')).length).toBeGreaterThanOrEqual(3)
  })

  for (const block of blocks)
    test.skipIf(missing(block))(
      `${block.place}${missing(block) ? ' (skipped: Python packages are missing)' : ''}`,
      { timeout: LONGEST_MS },
      async () => {
        const { status, output } = await paste(block, folder, server.host)
        expect(status, output).toBe(0)
        expect(output).not.toMatch(/urn:dima:error/) // what curl takes for an answer
      },
    )
})
