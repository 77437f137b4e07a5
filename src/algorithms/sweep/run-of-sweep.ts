// The run that `npm run train -- --sweep FILE` trains.
import { flagOf, givenFlags } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import type { TrainFlags } from '../train-flags.ts'
import { TrainCommandFlags } from './flags.ts'
import { placeInSweep } from './place.ts'
import { readSweep } from './sweep.ts'

/** @returns its flags, and the command that trains the same run without the sweep; undefined where no sweep is asked for */
export function runOfSweep(
  { sweep, index }: TrainCommandFlags,
  argv: string[],
  env: NodeJS.ProcessEnv,
): { flags: TrainFlags; command: string } | undefined {
  if (!sweep && index === undefined) return undefined
  if (!sweep) throw new DimaError('invalid_config', '--index is of a --sweep', { field: 'index' })
  const { sweep: _, index: __, ...common } = givenFlags(TrainCommandFlags, argv)
  const runs = readSweep(sweep, common)
  const { flags, given } = runs[placeInSweep(index, runs.length, env)]!
  const words = Object.entries(given).map(([field, value]) => `${flagOf(field)} ${value}`)
  return { flags, command: `npm run train -- ${words.join(' ')}` }
}
