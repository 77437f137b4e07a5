// What is on the tape as records, for programs: one a state, oldest first, with the actions that led to it.
import type { ModelDetail } from '../../api/models.ts'
import type { Line, Tape } from '../tape/tape.ts'

type Names = Pick<ModelDetail, 'agents' | 'spaces'>

/** Lines of the tape by their names in files; what is not there is null. */
const MEASURES: readonly [name: string, line: Line][] = [
  ['x', 'x'],
  ['y', 'y'],
  ['reward', 'reward'],
  ['termination_probability', 'end'],
  ['true_reward', 'trueReward'],
  ['error', 'error'],
  ['spread', 'spread'],
]

export interface Record {
  readonly step: number
  readonly seconds: number
  readonly episode_begins: boolean
  readonly state: number[] // [S]
  /** [S]; null where truth did not go beside */
  readonly true_state: number[] | null
  /** [N][A]; null where an episode begins */
  readonly actions: number[][] | null
  readonly measures: { readonly [name: string]: number | null }
}

export function* recordsOf(tape: Tape, { agents }: Names, stepSeconds: number): Generator<Record> {
  const A = tape.actionLength / agents.length
  for (let step = tape.first; step < tape.end; step++) {
    const begins = tape.begins(step)
    const action = [...tape.action(step)]
    yield {
      step,
      seconds: Number((step * stepSeconds).toFixed(6)),
      episode_begins: begins,
      state: [...tape.state(step)],
      true_state: tape.hasTruth(step) ? [...tape.truth(step)] : null,
      actions: begins ? null : agents.map((_, n) => action.slice(n * A, (n + 1) * A)),
      measures: Object.fromEntries(MEASURES.map(([name, line]) => [name, finite(tape.at(line, step))])),
    }
  }
}

/** The first line says of what the others are. */
export function ndjsonOf(head: object, records: Iterable<Record>): string {
  const lines = [head, ...Array.from(records, ({ measures, ...record }) => ({ ...record, ...measures }))]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** One heading a number: entries of states, of true states, and of actions by agent and actuator. */
export function csvOf({ agents, spaces }: Names, records: Iterable<Record>): string {
  const states = spaces.state.map(({ name }) => name)
  const joints = agents.flatMap(({ name, actuators }) => actuators.map((actuator) => `${name}.${actuator}`))
  const headings = [
    ...['step', 'seconds', 'episode_begins', ...MEASURES.map(([name]) => name)],
    ...[...states, ...states.map((name) => `true_${name}`), ...joints],
  ]
  const rows = Array.from(records, (record) => [
    ...[record.step, record.seconds, Number(record.episode_begins), ...Object.values(record.measures)],
    ...[...record.state, ...(record.true_state ?? states.map(() => null))],
    ...(record.actions
      ? agents.flatMap(({ actuators }, n) => record.actions![n]!.slice(0, actuators.length))
      : joints.map(() => null)),
  ])
  return [headings, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
}

const cell = (value: string | number | null): string => {
  const text = value === null ? '' : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
