// The HDF5 file that a path means, and what Minari's metadata.json beside it says.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { invalidDataset } from './invalid.ts'

export interface Located {
  file: string
  metadata: Readonly<Record<string, unknown>>
}

const FILE = 'main_data.hdf5'
const METADATA = 'metadata.json'

/** @param path an HDF5 file, or a folder with main_data.hdf5 in it or in its data/ */
export function locateDataset(path: string): Located {
  const name = basename(path)
  const entry = statSync(path, { throwIfNoEntry: false })
  if (!entry) throw invalidDataset(name, 'there is no such file')
  const folders = entry.isDirectory() ? [path, join(path, 'data')] : [dirname(path)]
  const metadata = readMetadata(entry.isDirectory() ? folders : folders.filter(() => basename(path) === FILE))
  const file = entry.isDirectory() ? folders.map((folder) => join(folder, FILE)).find(existsSync) : path
  if (!file) throw invalidDataset(name, `has no ${FILE}, nor has its data/`)
  return { file, metadata }
}

function readMetadata(folders: readonly string[]): Located['metadata'] {
  const path = folders.map((folder) => join(folder, METADATA)).find(existsSync)
  if (!path) return {}
  const metadata = parse(path)
  const { data_format: format = 'hdf5' } = metadata
  if (format !== 'hdf5')
    throw invalidDataset(basename(dirname(path)), `is stored as ${format}; write it anew as hdf5`, {
      field: 'data_format',
      expected: 'hdf5',
      given: format,
    })
  return metadata
}

function parse(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value) return { ...value }
  } catch {}
  throw invalidDataset(basename(path), 'is not JSON')
}
