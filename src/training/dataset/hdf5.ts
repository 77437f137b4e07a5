// HDF5 files by key, with errors in one line. The library works on the host's files, so that only what is asked for is
// read.
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Dataset, File, Group, ready } from 'h5wasm/node'
import type { DimaError } from '../../common/errors.ts'
import { inOneLine, invalidDataset } from './invalid.ts'

const SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
/** A block of the user's own may come first. */
const SIGNATURE_PLACES = [0, 512, 1024, 2048]

/** Numbers as they are stored; whole ones and flags of any width. */
export type Numbers =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
export interface Table {
  shape: readonly number[]
  values: Numbers
}

/** Starts the library; its diagnostics become exceptions instead of a flood on stderr. */
export async function startHdf5(): Promise<void> {
  const module = await ready
  module.activate_throwing_error_handler()
}

export class Hdf5File {
  /** for messages */
  readonly name: string
  private readonly file: File
  private open = true

  private constructor(path: string, file: File) {
    this.name = basename(path)
    this.file = file
  }

  /** DimaError `invalid_dataset` for what is no HDF5 file, or a part of one. */
  static async open(path: string): Promise<Hdf5File> {
    await startHdf5()
    checkSignature(path)
    return new Hdf5File(
      path,
      inOneLine(basename(path), () => new File(path, 'r')),
    )
  }

  /** Names in a group; `key` is '' for the whole file. */
  keys(key: string): string[] {
    return this.group(key).keys()
  }

  kind(key: string): 'group' | 'dataset' | 'other' | undefined {
    const entity = this.at(key, () => this.file.get(key || '/'))
    if (!entity) return undefined
    return entity instanceof Group ? 'group' : entity instanceof Dataset ? 'dataset' : 'other'
  }

  /** Of a dataset, without reading it. */
  shape(key: string): readonly number[] {
    const { shape } = this.at(key, () => this.dataset(key).metadata)
    if (!shape) throw this.invalid(key, 'holds nothing')
    return shape
  }

  numbers(key: string): Table {
    const shape = this.shape(key)
    const value = this.at(key, () => this.dataset(key).value)
    if (typeof value === 'number') return { shape, values: Float64Array.of(value) }
    if (value instanceof BigInt64Array || value instanceof BigUint64Array)
      return { shape, values: Float64Array.from(value, Number) }
    if (!ArrayBuffer.isView(value)) throw this.invalid(key, 'does not hold numbers')
    return { shape, values: value as Numbers }
  }

  /** A text, number, list of texts or numbers; undefined where there is none. */
  attribute(key: string, name: string): unknown {
    const value = this.at(key, () => this.owner(key).attrs[name]?.value)
    if (typeof value === 'bigint') return Number(value)
    return ArrayBuffer.isView(value)
      ? Array.from(value as unknown as ArrayLike<number | bigint>, Number)
      : value
  }

  invalid(key: string, problem: string, details = {}): DimaError {
    return invalidDataset(key ? `${this.name}: ${key}` : this.name, problem, {
      field: key || this.name,
      ...details,
    })
  }

  /** May be called twice. */
  close(): void {
    if (this.open) this.file.close()
    this.open = false
  }

  private group(key: string): Group {
    const entity = this.at(key, () => this.file.get(key || '/'))
    if (entity instanceof Group) return entity
    throw this.invalid(key, entity ? 'is not a group' : 'is missing', { expected: 'group' })
  }

  private dataset(key: string): Dataset {
    const entity = this.at(key, () => this.file.get(key))
    if (entity instanceof Dataset) return entity
    throw this.invalid(key, entity ? 'is not a dataset' : 'is missing', { expected: 'dataset' })
  }

  private owner(key: string): Group | Dataset {
    return this.kind(key) === 'dataset' ? this.dataset(key) : this.group(key)
  }

  private at<T>(key: string, read: () => T): T {
    return inOneLine(key ? `${this.name}: ${key}` : this.name, read)
  }
}

function checkSignature(path: string): void {
  const name = basename(path)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw invalidDataset(name, 'there is no such file')
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(SIGNATURE.length)
    const found = SIGNATURE_PLACES.some(
      (at) => readSync(file, bytes, 0, bytes.length, at) > 0 && bytes.equals(SIGNATURE),
    )
    if (!found) throw invalidDataset(name, 'is not an HDF5 file')
  } finally {
    closeSync(file)
  }
}
