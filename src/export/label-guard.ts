// A label moves only to a version that is not worse than the one it points to, or when it is told to.
import { DimaError } from '../common/errors.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'
import { readLabels } from '../registry/labels.ts'
import { type Bundle, loadBundle } from '../registry/load.ts'
import { setLabel } from '../registry/move-label.ts'
import { KINDS } from '../worlds/kinds.ts'
import { type Comparison, type ComparisonOptions, compare, worseIn } from './comparison/compare.ts'
import { comparisonText } from './comparison/table.ts'

export interface GuardedMove {
  models: string
  /** the version to point to */
  next: Bundle
  label: string
  /** move it to a worse one too, and to one that can't be compared */
  force: boolean
  comparison: ComparisonOptions
  /** held-out episodes; opened only when there is something to compare with */
  source: () => Promise<EpisodeSource>
}

/** Throws DimaError `worse_model` and leaves the label where it is. Nothing to compare with: it moves. */
export async function moveLabel(move: GuardedMove, say: (text: string) => void): Promise<void> {
  const { models, next, label } = move
  const { [label]: from } = await readLabels(models, next.name)
  const current = from === undefined || from === next.version ? undefined : await loadCurrent(move, from, say)
  if (current) await checkNotWorse(move, current, say)
  await setLabel(models, KINDS, next.name, label, next.version, { from })
  const before = from === undefined ? 'was nowhere' : from === next.version ? 'as before' : `was ${from}`
  say(`${label} of ${next.name} is version ${next.version} (${before})`)
}

/** Undefined when servers refuse it: no version can be worse than none. */
async function loadCurrent(
  { models, next, label }: GuardedMove,
  from: string,
  say: (text: string) => void,
): Promise<Bundle | undefined> {
  try {
    return await loadBundle(models, KINDS, next.name, from)
  } catch (error) {
    if (!(error instanceof DimaError)) throw error
    say(`${label} points to a version that is not served, so nothing is compared: ${error.message}`)
    return undefined
  }
}

async function checkNotWorse(move: GuardedMove, current: Bundle, say: (text: string) => void): Promise<void> {
  const reason = await reasonAgainst(move, current, say)
  if (reason === undefined) return
  if (move.force) return say(`--force: ${reason}`)
  const { next, label } = move
  const command = `npm run models -- label ${next.name}/${next.version} ${label} --force`
  throw new DimaError(
    'worse_model',
    `${label} of ${next.name} stays at version ${current.version}: ${reason}. To move it all the same: ${command}`,
  )
}

async function reasonAgainst(
  { next, comparison, source }: GuardedMove,
  current: Bundle,
  say: (text: string) => void,
): Promise<string | undefined> {
  let result: Comparison
  try {
    result = await compare(current, next, await source(), comparison)
  } catch (error) {
    if (!(error instanceof DimaError)) throw error
    return `they can't be compared: ${error.message}`
  }
  say(comparisonText(result))
  const worse = worseIn(result).map(({ measure }) => measure)
  return worse.length === 0 ? undefined : `version ${next.version} is worse in ${worse.join(', ')}`
}
