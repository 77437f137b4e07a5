// The card of a bundle: README.md, which hubs of models show; with facts in front that are for their programs.
import { type Bundle, readDocument } from './load.ts'

export const CARD = 'README.md'
/** Of bundles from before that. */
export const OLDER_CARD = 'card.md'

const FRONT_MATTER = /^---\n[\s\S]*?\n---\n+/

/** For people: without what stands in front. Undefined where the bundle has none. DimaError `invalid_bundle`. */
export async function readCard(bundle: Bundle): Promise<string | undefined> {
  const card = (await readDocument(bundle, CARD)) ?? (await readDocument(bundle, OLDER_CARD))
  return card?.replace(FRONT_MATTER, '')
}
