// What to do about a run folder that holds nothing trained.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { didYouMean } from '../common/closest.ts'
import { DimaError } from '../common/errors.ts'

/** DimaError `invalid_config` with the command that makes a checkpoint, or the name of the folder that may be meant. */
export function noCheckpoint(path: string): DimaError {
  return new DimaError('invalid_config', existsSync(path) ? untrained(path) : missing(path), {
    field: 'run',
    given: path,
  })
}

const untrained = (path: string): string =>
  `${path} has no checkpoint yet: train first (${commandOf(path) ?? `npm run train -- --out ${path}`})`

function missing(path: string): string {
  const folder = dirname(path)
  const beside = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  return `there is no run folder ${path}${didYouMean(path, beside)}; one is made by: npm run train -- --out ${path}`
}

/** What began it, if it begun. */
function commandOf(path: string): string | undefined {
  try {
    const { command } = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))
    return typeof command === 'string' ? command : undefined
  } catch {
    return undefined
  }
}
