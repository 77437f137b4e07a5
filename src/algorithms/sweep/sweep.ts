// A sweep: a file of runs, one JSON object of flags a line. All of it is checked before one of its runs begins, so that no
// mistake shows only when its turn comes.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseFields } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { checkedConfig } from '../checked-config.ts'
import { TrainFlags } from '../train-flags.ts'
import { folderInSweep } from './folders.ts'
import { type Given, readLine } from './line.ts'

export interface SweepRun {
  /** of the file, from 1 */
  line: number
  /** fields that were given for it, on its line or for all, and its folder */
  given: Given
  flags: TrainFlags
}

const MIB = 1024 * 1024
const LARGEST = 16 * MIB

/**
 * The runs in their order; empty lines are none. Every DimaError names the line that it is about.
 * @param common what the command says for all runs, by field
 */
export function readSweep(path: string, common: Given): SweepRun[] {
  if (common.out !== undefined)
    throw wrong('--out is one folder, a sweep has many: let its lines say it, or leave it out', 'out')
  const runs = textOf(path)
    .split('\n')
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== '')
    .map(({ text, line }) => at(path, line, () => ({ line, ...runOf(path, text, common) })))
  if (runs.length === 0) throw wrong(`${path} has no runs: it is to have one JSON object of flags a line`)
  refuseShared(path, runs)
  return runs
}

/** A file that no person wrote would be read for hours, a pipe perhaps for ever. */
function textOf(path: string): string {
  const found = statSync(path)
  if (!found.isFile()) throw wrong(`--sweep ${path} is no file`)
  if (found.size > LARGEST) throw wrong(`${path} has more than ${LARGEST / MIB} MiB: it is no list of runs`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) // without a byte order mark
  } catch {
    throw wrong(`${path} is no text in UTF-8`)
  }
}

function runOf(path: string, text: string, common: Given): Omit<SweepRun, 'line'> {
  const own = readLine(text, common)
  const flags = parseFields(TrainFlags, { ...common, ...own })
  const out = folderInSweep(path, own, flags, checkedConfig(flags))
  return { given: { ...common, ...own, out }, flags: { ...flags, out } }
}

/** Two runs in one folder would be one run twice, or an error hours later. */
function refuseShared(path: string, runs: readonly SweepRun[]): void {
  const first = new Map<string, number>()
  for (const { line, flags } of runs) {
    const folder = resolve(flags.out)
    const before = first.get(folder)
    if (before !== undefined)
      throw wrong(`${path} line ${line}: its folder ${flags.out} is that of line ${before}`, 'out')
    first.set(folder, line)
  }
}

function at<T>(path: string, line: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DimaError)) throw error
    throw new DimaError(error.code, `${path} line ${line}: ${error.message}`, error.details)
  }
}

const wrong = (message: string, field = 'sweep'): DimaError =>
  new DimaError('invalid_config', message, { field })
