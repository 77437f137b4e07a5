// What every benchmark records besides its figures: where, when and from what they come. And the two ways out:
// a table on stdout, a JSON file in bench/.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { basename, dirname } from 'node:path'
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

/** `npm run bench:train -- --preset small`, as this process was started. */
export const commandLine = (): string => {
  const script = process.env.npm_lifecycle_event ?? basename(process.argv[1]!, '.ts')
  const flags = process.argv.slice(2)
  return [`npm run ${script}`, ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ')
}

/** Prints the rows and writes them with their provenance and `notes` on how they were measured. */
export function record(path: string, notes: object, rows: Row[]): void {
  const whole = { ...provenance(commandLine()), ...notes, rows }
  mkdirSync(dirname(path), { recursive: true })
  writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`)
  const { cpu, cores, node, onnxruntime: engine } = whole.machine
  console.log(
    `${cpu}, ${cores} cores, node ${node}, onnxruntime ${engine}, commit ${whole.commit.slice(0, 12)}`,
  )
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
