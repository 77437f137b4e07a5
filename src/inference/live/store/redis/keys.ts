// Under which keys sessions are kept. A store that is spread over several servers keeps keys with the same text in braces, the
// tag, on one of them, and takes a script only where it has all of its keys: so each tag has sessions, and an epoch of its own.

/** Of the store's state as it was when something of this tag was first kept. */
export const epochKey = (tag: number): string => `dima:e:{${tag}}`

export const sessionKey = (id: string, tag: number): string => `dima:s:{${tag}}:${id}`

/** @param tags how many there are; all servers of a fleet say the same */
export function tagOf(id: string, tags: number): number {
  if (tags === 1) return 0
  let hash = 0
  for (let i = 0; i < id.length; i++) hash = (31 * hash + id.charCodeAt(i)) >>> 0
  return hash % tags
}

/** In the order of their first items. */
export function byTag<T>(items: readonly T[], tags: number, idOf: (item: T) => string): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const item of items) {
    const tag = tagOf(idOf(item), tags)
    const group = groups.get(tag)
    if (group) group.push(item)
    else groups.set(tag, [item])
  }
  return groups
}
