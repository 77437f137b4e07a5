// Tells the log what a look at the models folder changed.
import type { Logger } from '../common/logger.ts'
import type { Bundle } from '../registry/load.ts'
import type { Refusal, Repository } from '../registry/repository.ts'

/** Returns how much was refused that was not before. */
export function logChanges(logger: Logger, before: Repository, now: Repository): number {
  const known = new Set(before.refused.map(textOf))
  const refused = now.refused.filter((refusal) => !known.has(textOf(refusal)))
  for (const refusal of refused) logger.error(refusal, 'refused')
  const served = new Set(before.bundles.map(labelled))
  for (const bundle of now.bundles) if (!served.has(labelled(bundle))) logger.info(facts(bundle), 'serving')
  const left = new Set(now.bundles.map(({ digest }) => digest))
  for (const bundle of before.bundles)
    if (!left.has(bundle.digest)) logger.info(facts(bundle), 'no longer serving')
  return refused.length
}

const textOf = ({ reference, reason }: Refusal): string => `${reference} ${reason}`
const labelled = ({ digest, labels }: Bundle): string => `${digest} ${labels}`
const facts = ({ name, version, digest, labels }: Bundle) => ({ name, version, digest, labels })
