// npm run bench:kinds: what a step costs of world models of several kinds, in one run and by turns, so that all meet the same load.
import Type from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { splitPositionals } from '../../../src/common/positionals.ts'
import { median } from '../../../src/common/statistics.ts'
import { STEP_TIMES, TIMED_ROWS } from '../../../src/evaluation/results/step-times.ts'
import { randomRows } from '../rollout/workload.ts'
import { openSubject, type Subject, subjectFlags } from './subjects.ts'

/** Rollouts of one row take milliseconds, so more of them are timed. */
const SHORT = 5

const Flags = Type.Object(
  {
    ...subjectFlags,
    repeats: Type.Integer({
      default: 5,
      minimum: 1,
      description: `rollouts to time; ${SHORT} times as many of one row`,
    }),
    out: Type.String({ default: STEP_TIMES, description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Type.Static<typeof Flags>

interface Timed {
  subject: Subject
  rows: number
  /** of a rollout */
  milliseconds: number[]
}

/** Of the kind's first choice; the first round is the warm-up. */
async function time({ subject, rows, milliseconds }: Timed, round: number): Promise<void> {
  const { simulator } = subject
  const { kind, spec } = simulator
  const [choice] = kind.choices.every(spec)
  const rollout = { ...randomRows(spec, rows, kind.name), choice }
  const began = performance.now()
  await simulator.rollout(rollout)
  if (round > 0) milliseconds.push(performance.now() - began)
}

const rowOf = ({ subject: { about, simulator }, rows, milliseconds }: Timed): Row => ({
  ...about,
  rows,
  millisecondsPerStep: significant(median(milliseconds) / (rows * simulator.spec.horizon)),
})

async function main(names: readonly string[], flags: Flags): Promise<void> {
  if (names.length === 0)
    throw new DimaError('invalid_config', 'name run folders or models: npm run bench:kinds -- runs/x runs/y')
  const subjects: Subject[] = []
  for (const name of names) subjects.push(await openSubject(name, flags))
  const all = subjects.flatMap((subject) =>
    TIMED_ROWS.map((rows): Timed => ({ subject, rows, milliseconds: [] })),
  )
  for (let round = 0; round <= SHORT * flags.repeats; round++)
    for (const timed of all) if (timed.rows === 1 || round <= flags.repeats) await time(timed, round)
  for (const { simulator } of subjects) await simulator.close()
  const notes = {
    statistic: 'median of interleaved rollouts over the whole horizon, one thread',
    unit: 'milliseconds of an imagined joint step of one row',
  }
  record(flags.out, notes, all.map(rowOf))
}

const { positionals, flags } = splitPositionals(Flags, process.argv.slice(2))
runCommand('bench:kinds', Flags, (parsed) => main(positionals, parsed), flags)
