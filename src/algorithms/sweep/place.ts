// Which run of a sweep a process is to train: as it is told, or as the scheduler that started it says.
import { DimaError } from '../../common/errors.ts'

/** Indexed Jobs of Kubernetes, array jobs of Slurm. */
const OF_SCHEDULERS = ['JOB_COMPLETION_INDEX', 'SLURM_ARRAY_TASK_ID'] as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * From 0. DimaError `invalid_config` where nobody says it, or the sweep has no such run.
 * @param runs that the sweep has
 */
export function placeInSweep(index: number | undefined, runs: number, env: Environment): number {
  const [name, place] = index === undefined ? ofScheduler(env, runs) : ['--index', index]
  if (place < runs) return place
  throw wrong(`${name} is ${place}, but the sweep has ${countOf(runs)}`, place)
}

function ofScheduler(env: Environment, runs: number): [name: string, place: number] {
  const name = OF_SCHEDULERS.find((one) => env[one])
  if (!name) {
    const else_ = OF_SCHEDULERS.join(' or ')
    throw wrong(`the sweep has ${countOf(runs)}: say which with --index, ${else_}`)
  }
  const text = env[name]!
  if (!/^\d{1,9}$/.test(text))
    throw wrong(`${name} is ${JSON.stringify(text)}, not the number of a run`, text)
  return [name, Number(text)]
}

const countOf = (runs: number): string => (runs === 1 ? 'one run, 0' : `${runs} runs, 0 to ${runs - 1}`)

const wrong = (message: string, given?: unknown): DimaError =>
  new DimaError('invalid_config', message, { field: 'index', given })
