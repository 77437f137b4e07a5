// Where the runs of a sweep go that name no folder: one folder for all, so that `npm run report -- runs/<sweep>/*` has them.
// A folder's name follows from the flags of its line alone: lines may be added or change places while others train.
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { flagOf } from '../../common/config.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { runFolderOf, type TrainFlags } from '../train-flags.ts'

type Given = Readonly<Record<string, unknown>>

/** What the name of every run folder says, sweep or not. */
const ALWAYS_SAID = ['task', 'algorithm', 'preset', 'seed', 'out']
/** A name may have 255 bytes. */
const LONGEST = 120

/**
 * For example `runs/sweep/halfcheetah-2x3-dima-small-seed1-set=behaviour.rollouts=600`.
 * @param given the fields that the line has
 */
export function folderInSweep(sweep: string, given: Given, flags: TrainFlags, config: RunConfig): string {
  if (flags.out) return flags.out
  const name = basename(runFolderOf(flags, config)) + more(given)
  return join('runs', basename(sweep).replace(/\.[^.]*$/, '') || 'sweep', name)
}

/** What else the line says, in an order that is not its own. */
function more(given: Given): string {
  const text = Object.keys(given)
    .filter((field) => !ALWAYS_SAID.includes(field))
    .sort()
    .map((field) => `-${flagOf(field).slice(2)}=${given[field]}`)
    .join('')
  if (text.length > LONGEST) return `-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  return text.replace(/[^\w.=,-]+/g, '-')
}
