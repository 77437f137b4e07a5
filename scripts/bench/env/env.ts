// npm run bench:env: environment steps per second of every task, next to native MuJoCo, and what a second core adds.
import { loadavg } from 'node:os'
import Type, { type Static } from 'typebox'
import { recordSection, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { resolveTask, taskNames } from '../../../src/env/make-env.ts'
import { inliningFlags } from '../../../src/env/mujoco/inline-wasm.ts'
import { measureInlining } from './inlining.ts'
import { buildNative } from './native.ts'
import { measureSingle } from './single.ts'
import { inWords, type Spread } from './statistics.ts'
import { measureWorkers } from './workers.ts'

const Flags = Type.Object(
  {
    sections: Type.String({
      default: 'single,workers,workers256,inlining',
      description:
        'single: against native MuJoCo; workers, workers256: two against one, with 64 and 256 copies; inlining: with V8’s flags and without',
    }),
    tasks: Type.String({ default: taskNames.join(','), description: 'which, separated by commas' }),
    seconds: Type.Number({ default: 1, exclusiveMinimum: 0, description: 'of a turn' }),
    rounds: Type.Integer({ default: 7, minimum: 1, maximum: 100, description: 'turns of each' }),
    out: Type.String({
      default: 'bench/env.json',
      description: 'where to write the figures; sections that were not run stay as they are',
    }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

/** Names of figures that are ratios. The table shows how far these scatter; the file has it of all. */
const RATIO = /To[A-Z]|^ofCeiling$/

type Row = { readonly task: string } & Readonly<Record<string, string | Spread>>
interface Section {
  /** What the figures are. */
  readonly notes: Readonly<Record<string, string>>
  run(tasks: readonly string[], flags: Flags): Promise<Row[]>
}

const perTask =
  <R extends { task: string }>(measure: (task: string, flags: Flags) => Promise<R>) =>
  async (tasks: readonly string[], flags: Flags): Promise<Row[]> => {
    const rows: Row[] = []
    for (const task of tasks) {
      console.error(task)
      rows.push({ ...(await measure(task, flags)) })
    }
    return rows
  }

const workersOf = (copies: number): Section => ({
  notes: {
    unit: `environment steps per second on the wall, ${copies} copies, with real endings (next_step)`,
    ceiling: 'twoProcessesToOne: independent single-threaded processes of as many copies each',
  },
  run: perTask((task, flags) => measureWorkers(task, copies, flags)),
})

const SECTIONS: Readonly<Record<string, Section>> = {
  single: {
    notes: {
      unit: 'environment steps per second of processor time, one core',
      environment: 'MujocoEnv.step: checks, physics, state, reward, observations and their records',
      world: 'World.step: physics, state and reward',
      native: 'mj_resetData and mj_step in Debian’s libmujoco by a C program (gcc -O2), the same model',
      episodes: 'whole ones, endings passed over, the same stream of uniform actions',
    },
    async run(tasks, flags) {
      const native = buildNative()
      try {
        return await perTask((task) => measureSingle(task, native, flags))(tasks, flags)
      } finally {
        native.close()
      }
    },
  },
  workers: workersOf(64),
  workers256: workersOf(256),
  inlining: {
    notes: {
      unit: 'environment steps per second of processor time, mj_step alone',
      flags: inliningFlags().join(' ') || 'none: V8 inlines by itself',
    },
    run: perTask(measureInlining),
  },
}

async function main(flags: Flags): Promise<void> {
  const tasks = flags.tasks.split(',').map((task) => resolveTask(task).spec.name)
  for (const name of chosen(flags.sections)) {
    const { notes, run } = SECTIONS[name]!
    const load = significant(loadavg()[0]!, 2)
    const rows = await run(name === 'inlining' ? onePerRobot(tasks) : tasks, flags)
    const statistic = `median (least to most) of ${flags.rounds} rounds of ${flags.seconds} s in which all take turns; ratios are within a round`
    recordSection(flags.out, name, { loadBefore: load, notes: { ...notes, statistic }, rows })
    console.log(`\n${name}: ${Object.values({ ...notes, statistic }).join('; ')}; load before: ${load}`)
    console.table(rows.map(tableRow))
  }
  console.log(`written to ${flags.out}`)
}

function chosen(sections: string): string[] {
  const names = sections.split(',')
  const unknown = names.find((name) => !Object.hasOwn(SECTIONS, name))
  if (unknown === undefined) return names
  throw new DimaError(
    'invalid_config',
    `no section ${unknown}; there are ${Object.keys(SECTIONS).join(', ')}`,
  )
}

/** The split makes no difference to the physics. */
const onePerRobot = (tasks: readonly string[]): string[] => [
  ...new Map(tasks.map((task) => [resolveTask(task).body.name, task])).values(),
]

const tableRow = (row: Row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(name, value)]))

function cell(name: string, value: string | Spread): string | number {
  if (typeof value === 'string') return value
  return RATIO.test(name) ? inWords(value) : value.median
}

runCommand('bench:env', Flags, main)
