// Blocks of documents that say `run`, as they stand but for the port, in a folder like a fresh checkout beside a server.
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Block, blocksOf } from './blocks.ts'
import { checkout, remove, type Served, startIn } from './checkout.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const DOCUMENTS = [
  ...['README.md', 'clients/python/README.md', 'deploy/README.md'],
  ...['docs/training.md', 'docs/rendering.md', 'docs/serving.md'],
]
const blocks = DOCUMENTS.flatMap(blocksOf).filter(({ runs }) => runs)

/** What the Python client needs. In CI it must be there. */
const client = spawnSync(PYTHON, ['-c', 'import numpy, msgpack, websockets']).status === 0
const missing = ({ text }: Block): boolean => !process.env.CI && !client && /from dima/.test(text)

/** Long for what takes a second on an idle machine; the first run trains, which takes a few. */
const LONGEST_MS = 180_000

const folder = checkout()
let server: Served
beforeAll(async () => {
  server = await startIn(folder)
})
afterAll(async () => {
  await server?.stop()
  remove(folder)
})

function run({ language, text }: Block): { status: number | null; output: string } {
  const pasted = text.replaceAll('127.0.0.1:8080', server.host)
  const [program, ...flags] = language === 'python' ? [PYTHON] : ['bash', '-euo', 'pipefail']
  const { status, stdout, stderr } = spawnSync(program!, [...flags, '-c', pasted], {
    cwd: folder,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    env: { ...process.env, PYTHONPATH: 'clients/python', PYTHONDONTWRITEBYTECODE: '1' },
  })
  return { status, output: stdout + stderr }
}

describe('blocks that say so run as pasted', () => {
  test('there are some in README', () => {
    expect(blocks.filter(({ place }) => place.startsWith('README')).length).toBeGreaterThanOrEqual(3)
  })

  for (const block of blocks)
    test.skipIf(missing(block))(
      `${block.place}${missing(block) ? ' (skipped: Python packages are missing)' : ''}`,
      { timeout: LONGEST_MS },
      () => {
        const { status, output } = run(block)
        expect(status, output).toBe(0)
        expect(output).not.toMatch(/urn:dima:error/) // what curl takes for an answer
      },
    )
})
