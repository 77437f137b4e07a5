// Sessions that begin where another stands, and the names of all new ones.
import { randomBytes } from 'node:crypto'
import { DimaError } from '../../common/errors.ts'
import { newLineage } from './position.ts'
import type { Committed, Terms } from './terms.ts'

/** Unguessable: 128 random bits. */
export const newId = (): string => randomBytes(16).toString('base64url')

/** Stands where its parent does; with a seed of its own it meets other noise from here on. */
export function childOf(
  parent: Terms,
  { stepId, position, last }: Committed,
  seed = position.seed,
): { terms: Terms; committed: Committed } {
  const terms = { ...parent, id: newId() }
  const own = { stepId, position: { ...position, lineage: newLineage(), seed } }
  if (!last) return { terms, committed: own }
  const answer = { ...last.answer, sessionId: terms.id }
  return { terms, committed: { ...own, last: { ...last, answer } } }
}

/** Throws DimaError `invalid_shape` where there are seeds, and not one for each. */
export function requireSeeds(count: number, seeds: number[] | undefined): void {
  if (!seeds || seeds.length === count) return
  const { length: given } = seeds
  throw new DimaError(
    'invalid_shape',
    `seeds has ${given} entries, expected one for each of ${count} children`,
    {
      field: 'seeds',
      expected: count,
      given,
    },
  )
}
