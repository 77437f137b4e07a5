// Links that lead out of a file.
import type { File } from 'h5wasm/node'

/** Soft links in a row; more are a loop. */
const MOST_LINKS = 16

/** The other file that a key is read from, undefined where all of its way is in this one. */
export function linkOut(file: File, key: string, links = 0): string | undefined {
  const parts = key.split('/').filter((part) => part !== '')
  for (let i = 1; i <= parts.length; i++) {
    const place = `/${parts.slice(0, i).join('/')}`
    const { filename } = file.get_external_link(place) as { filename?: string }
    if (filename !== undefined) return filename
    const target = file.get_link(place)
    if (typeof target !== 'string' || links === MOST_LINKS) continue
    const from = target.startsWith('/') ? '' : `/${parts.slice(0, i - 1).join('/')}/`
    const other = linkOut(file, `${from}${target}/${parts.slice(i).join('/')}`, links + 1)
    if (other !== undefined) return other
  }
  return undefined
}
