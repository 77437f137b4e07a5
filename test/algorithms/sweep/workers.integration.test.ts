// A sweep of four runs over two workers, of which one is killed in the middle of a run, as a scheduler would go on: the run is
// started again, and once too often. All are finished, none is trained twice.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { reportCommand } from '../../../src/report/command.ts'
import { loadCheckpoint } from '../../../src/runs/checkpoint.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const cwd = mkdtempSync(join(tmpdir(), 'dima-workers-'))
afterAll(() => rmSync(cwd, { recursive: true }))

const SEEDS = [1, 2, 3, 4]
const folderOf = (index: number) =>
  join(cwd, `runs/sweep/halfcheetah-2x3-mappo-debug-seed${SEEDS[index]}-steps=600`)

/** Under the variable that Kubernetes sets. */
function start(index: number) {
  const child = spawn(
    process.execPath,
    [
      ...['--import', join(ROOT, 'src/common/typescript.mjs'), join(ROOT, 'src/commands/train.ts')],
      ...['--sweep', 'sweep.jsonl', '--cores', '1'],
    ],
    {
      cwd,
      env: { ...process.env, JOB_COMPLETION_INDEX: String(index) },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  const ended = once(child, 'close').then(([code]) => ({ index, code: code as number | null, said }))
  return { child, ended }
}

/** Kills the first process that has saved an epoch, and starts its run twice. */
async function work(queue: number[], ends: Awaited<ReturnType<typeof start>['ended']>[]): Promise<void> {
  for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
    const { child, ended } = start(index)
    if (index === 0 && ends.length === 0) {
      await expect
        .poll(() => existsSync(join(folderOf(0), 'checkpoint.msgpack')), { timeout: 60_000 })
        .toBe(true)
      child.kill('SIGKILL')
      queue.unshift(0, 0)
    }
    ends.push(await ended)
  }
}

test('all finished, none twice', async () => {
  const lines = SEEDS.map((seed) => ({ algorithm: 'mappo', preset: 'debug', steps: 600, seed }))
  writeFileSync(join(cwd, 'sweep.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'))
  const [queue, ends] = [[0, 1, 2, 3], [] as Awaited<ReturnType<typeof start>['ended']>[]]
  await Promise.all([work(queue, ends), work(queue, ends)])

  const killed = ends.filter(({ code }) => code === null)
  expect(killed.map(({ index }) => index)).toEqual([0])
  const finished = ends.filter(({ code }) => code === 0)
  expect(finished.map(({ index }) => index).sort(), ends.map(({ said }) => said).join('\n')).toEqual([
    0, 0, 1, 2, 3,
  ])

  expect(readdirSync(join(cwd, 'runs/sweep')).length).toBe(SEEDS.length)
  for (const index of SEEDS.keys()) {
    const text = readFileSync(join(folderOf(index), 'metrics.jsonl'), 'utf8').trimEnd()
    const metrics = text.split('\n').map((line) => JSON.parse(line) as Record<string, number | string>)
    const updates = metrics.filter(({ network }) => network === 'actor').map(({ update }) => update)
    expect(updates, `run ${index}`).toEqual([...new Set(updates)]) // no epoch stands there twice
    expect(updates.length).toBeGreaterThan(3)
    expect(existsSync(join(folderOf(index), 'lock.json'))).toBe(false)
    loadCheckpoint(join(folderOf(index), 'checkpoint.msgpack'))
  }

  const skipped: string[] = []
  const said = reportCommand(
    SEEDS.map((_, index) => folderOf(index)),
    { out: join(cwd, 'report'), title: 'Sweep' },
    (why) => skipped.push(why),
  )
  expect([said, skipped]).toEqual([expect.stringContaining('figures of 4 runs'), []])
})
