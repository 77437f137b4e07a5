// Whole runs by their flags, in folders that go when the tests end.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { trainRun } from '../../src/algorithms/train-run.ts'
import { parseFlags } from '../../src/common/config.ts'
import { loadCheckpoint } from '../../src/runs/checkpoint.ts'
import type { Progress } from '../../src/runs/progress.ts'
import { quiet } from '../runs/fixture.ts'

interface Given {
  flags?: string[]
  update?: (progress: Progress) => void
  status?: (text: string) => void
  signal?: AbortSignal
}

/** @param common flags of all of them */
export function wholeRuns(...common: string[]) {
  const root = mkdtempSync(join(tmpdir(), 'dima-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const fileOf = (name: string, file: string) => join(root, name, file)
  const linesOf = (name: string): Record<string, number | string>[] =>
    readFileSync(fileOf(name, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  return {
    root,
    fileOf,
    linesOf,
    train: async (name: string, { flags = [], signal, ...heard }: Given = {}) => {
      const notes: string[] = []
      const reporter = { ...quiet, ...heard, note: (text: string) => void notes.push(text) }
      const argv = [...common, '--cores', '1', '--out', join(root, name), ...flags]
      const control = { reporter, signal: signal ?? new AbortController().signal, command: '' }
      return { finished: await trainRun(parseFlags(TrainFlags, argv), control), notes }
    },
    /** Everything a run leaves but how long it took. */
    resultOf: (name: string) => ({
      metrics: linesOf(name).filter((line) => !('seconds' in line)),
      checkpoint: { ...loadCheckpoint<object>(fileOf(name, 'checkpoint.msgpack')), seconds: 0 },
    }),
  }
}

/** Does something when progress with this label is told. */
export const at = (label: string, act: () => void) => (progress: Progress) => {
  if (progress.label === label) act()
}
