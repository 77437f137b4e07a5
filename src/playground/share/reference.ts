// What stands in an address before a run.

/** Between the model and a run. */
export const MARK = '&run='

/** The model that an address names: as it stands there where it can't be decoded. */
export function referenceIn(hash: string): string {
  const text = hash.slice(1).split(MARK)[0]!
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
