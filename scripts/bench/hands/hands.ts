// npm run bench:hands: whether the physics of the hands hold under random actions, how fast they are on one core, and what a
// second worker adds.
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { makeFolder, writeFileAtomic } from '../../../src/common/files.ts'
import { resolveTask } from '../../../src/env/make-env.ts'
import { handsTaskNames } from '../../../src/env/robots/hands/hands-task.ts'
import { inWords } from '../env/statistics.ts'
import { measureWorkers } from '../env/workers.ts'
import { DEEP, LONG, measurePhysics, type Physics } from './physics.ts'

const Flags = Type.Object(
  {
    tasks: Type.String({ default: handsTaskNames.join(','), description: 'which, separated by commas' }),
    parts: Type.String({
      default: 'physics,workers',
      description: 'physics: random episodes; workers: two against one, on two idle cores',
    }),
    episodes: Type.Integer({
      default: 10_000,
      minimum: 1,
      description: 'of uniformly random actions, of each task',
    }),
    first: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'number of the first of them: processes can share them out',
    }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'of the actions' }),
    copies: Type.Integer({ default: 64, minimum: 2, description: 'of part workers' }),
    seconds: Type.Number({ default: 1, exclusiveMinimum: 0, description: 'of a turn of part workers' }),
    rounds: Type.Integer({ default: 7, minimum: 1, maximum: 100, description: 'turns of each there' }),
    out: Type.String({
      default: '',
      description: 'folder for a file of figures a task and part, written again every 100 episodes',
    }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

const EVERY = 100

const PARTS: Readonly<Record<string, (task: string, flags: Flags) => Promise<string>>> = {
  async physics(task, flags) {
    const { first, seed } = flags
    const write = (seen: Readonly<Physics>) =>
      writeFigures(flags, `${task}-physics-${first}`, { task, first, seed, ...seen })
    const seen = await measurePhysics(task, flags, (so) => so.episodes % EVERY === 0 && write(so))
    write(seen)
    return [
      `${seen.episodes} episodes, ${seen.steps} steps`,
      `${seen.unstable} unstable`,
      `${seen.stuck} with more than ${LONG} steps deeper than ${1000 * DEEP} mm`,
      `deepest ${(1000 * seen.deepest).toFixed(1)} mm`,
      `${Math.round(seen.steps / seen.seconds)} steps a CPU second`,
    ].join(', ')
  },
  async workers(task, flags) {
    const row = await measureWorkers(task, flags.copies, flags)
    writeFigures(flags, `${task}-workers`, { copies: flags.copies, ...row })
    const [gain, ceiling] = [inWords(row.twoWorkersToOne), inWords(row.twoProcessesToOne)]
    return `two workers to one ${gain}, two processes to one ${ceiling}, ${row.oneWorker.median} steps a second with one`
  },
}

function writeFigures({ out }: Flags, name: string, figures: object): void {
  if (out === '') return
  makeFolder(out)
  writeFileAtomic(join(out, `${name}.json`), `${JSON.stringify(figures, null, 2)}\n`)
}

async function main(flags: Flags): Promise<void> {
  const tasks = flags.tasks.split(',').map((task) => resolveTask(task).spec.name)
  for (const part of partsOf(flags))
    for (const task of tasks) console.log(`${task}: ${await PARTS[part]!(task, flags)}`)
}

function partsOf({ parts }: Flags): string[] {
  const names = parts.split(',')
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown === undefined) return names
  const message = `no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`
  throw new DimaError('invalid_config', message, { field: 'parts', given: unknown })
}

runCommand('bench:hands', Flags, main)
