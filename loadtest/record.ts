// What every benchmark records besides its figures: where, when and from what they come. And the two ways out:
// a table on stdout, a JSON file in bench/.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { writeFileAtomic } from '../src/common/files.ts'
import { ENGINE_VERSION } from '../src/engine/session.ts'
import { currentCommit } from '../src/runs/run-folder.ts'

export type Row = Record<string, string | number>

export function provenance(command: string) {
  return {
    date: new Date().toISOString(),
    commit: currentCommit(),
    command,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      onnxruntime: ENGINE_VERSION,
    },
  }
}

const ROOT = resolve(import.meta.dirname, '..')

/** `npm run bench:train -- --preset small`: the npm script that starts the program of this process, and its flags. */
export const commandLine = (): string => {
  const program = relative(ROOT, process.argv[1]!)
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const names = Object.keys(scripts).filter((name) => scripts[name].endsWith(` ${program}`))
  const flags = process.argv.slice(2)
  return [`npm run ${names[0] ?? program}`, ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ')
}

/** Prints the rows and writes them with their provenance and `notes` on how they were measured. */
export function record(path: string, notes: object, rows: Row[]): void {
  write(path, notes, rows)
  print(path, rows)
}

export function write(path: string, notes: object, rows: Row[]): void {
  const whole = { ...provenance(commandLine()), ...notes, rows }
  mkdirSync(dirname(path), { recursive: true })
  writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`)
}

export function print(path: string, rows: Row[]): void {
  const { machine, commit } = provenance('')
  const { cpu, cores, node, onnxruntime: engine } = machine
  console.log(`${cpu}, ${cores} cores, node ${node}, onnxruntime ${engine}, commit ${commit.slice(0, 12)}`)
  console.table(rows)
  console.log(`written to ${path}`)
}

/** Writes one section of a file and leaves the others: each says when and from what commit it is. */
export function recordSection(path: string, name: string, result: object): void {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  mkdirSync(dirname(path), { recursive: true })
  const whole = { ...before, [name]: { ...provenance(commandLine()), ...result } }
  writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`)
}

/** To `digits` significant digits: more would be noise. */
export const significant = (value: number, digits = 3): number => Number(value.toPrecision(digits))
