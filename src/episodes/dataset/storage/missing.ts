// Why the numbers of a dataset are not to be had from its file: they are in another one, or nowhere.
import type { Dataset, File } from 'h5wasm/node'
import { sizeOf } from '../../../common/tensors.ts'
import type { FileBytes } from './file-bytes.ts'
import { headerAddress, unwritten } from './unwritten.ts'

/** In words; undefined: all of them are there. `inside` as of linkOut. */
export function whyMissing(
  file: File,
  bytes: FileBytes,
  dataset: Dataset,
  inside: Set<string>,
): string | undefined {
  const { shape, chunks, virtual_sources } = dataset.metadata
  if (virtual_sources) return inAnother(virtual_sources.map(({ file_name }) => file_name).join(', '))
  const other = linkOut(file, dataset.path, inside)
  if (other !== undefined) return inAnother(other)
  const count = sizeOf((chunks ?? []).map((length, i) => Math.ceil(shape![i]! / length)))
  return unwritten(bytes, headerAddress(dataset.create_reference().ref_data), count)
}

export const inAnother = (file: string): string =>
  `has its numbers in another file, ${file}: copy them into this one`

/** Soft links in a row; more are a loop. */
const MOST_LINKS = 16

/**
 * The other file that a key is read from, undefined where all of its way is in this one.
 * @param inside groups whose way is known to be, which it adds to
 */
export function linkOut(file: File, key: string, inside: Set<string>, links = 0): string | undefined {
  const parts = key.split('/').filter((part) => part !== '')
  for (let i = 1; i <= parts.length; i++) {
    const place = `/${parts.slice(0, i).join('/')}`
    if (inside.has(place)) continue
    const { filename } = file.get_external_link(place) as { filename?: string }
    if (filename !== undefined) return filename
    const target = file.get_link(place)
    if (typeof target !== 'string') {
      if (i < parts.length) inside.add(place)
      continue
    }
    if (links === MOST_LINKS) continue
    const from = target.startsWith('/') ? '' : `/${parts.slice(0, i - 1).join('/')}/`
    const other = linkOut(file, `${from}${target}/${parts.slice(i).join('/')}`, inside, links + 1)
    if (other !== undefined) return other
  }
  return undefined
}
