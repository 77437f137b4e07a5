// HDF5 files by key, with errors in one line. The library works on the host's files, so that only what is asked for is
// read.
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { Dataset, File, Group, ready } from 'h5wasm/node'
import type { DimaError } from '../../common/errors.ts'
import { sizeOf } from '../../common/tensors.ts'
import { inOneLine, invalidDataset } from './invalid.ts'
import { FileBytes } from './storage/file-bytes.ts'
import { inAnother, linkOut, whyMissing } from './storage/missing.ts'

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

/** Groups and datasets whose handles the library keeps. */
const MOST_ENTITIES = 1024

/** Starts the library; its diagnostics become exceptions instead of a flood on stderr. */
export async function startHdf5(): Promise<void> {
  const module = await ready
  module.activate_throwing_error_handler()
}

export class Hdf5File {
  /** for messages */
  readonly name: string
  private readonly file: File
  private readonly bytes: FileBytes
  private readonly entities = new Map<string, ReturnType<File['get']>>()
  private readonly inside = new Set<string>()
  private open = true

  private constructor(path: string, file: File, bytes: FileBytes) {
    this.name = basename(path)
    this.file = file
    this.bytes = bytes
  }

  /** DimaError `invalid_dataset` for what is no HDF5 file, or a part of one. */
  static async open(path: string): Promise<Hdf5File> {
    await startHdf5()
    const name = basename(path)
    if (!statSync(path, { throwIfNoEntry: false })?.isFile())
      throw invalidDataset(name, 'there is no such file')
    const bytes = inOneLine(name, () => new FileBytes(path))
    try {
      return new Hdf5File(
        path,
        inOneLine(name, () => new File(path, 'r')),
        bytes,
      )
    } catch (error) {
      bytes.close()
      throw error
    }
  }

  /** Names in a group; `key` is '' for the whole file. */
  keys(key: string): string[] {
    return this.group(key).keys()
  }

  kind(key: string): 'group' | 'dataset' | 'other' | undefined {
    const entity = this.entity(key)
    if (!entity) return undefined
    return entity instanceof Group ? 'group' : entity instanceof Dataset ? 'dataset' : 'other'
  }

  /** Shape of a dataset, without reading its numbers. */
  shape(key: string): readonly number[] {
    const { shape } = this.at(key, () => this.dataset(key).metadata)
    if (!shape) throw this.invalid(key, 'holds nothing')
    return shape
  }

  /** All of them, from this file: what was never written is refused, as it would read as zeros. */
  numbers(key: string): Table {
    const shape = this.shape(key)
    const missing =
      sizeOf(shape) > 0 &&
      this.at(key, () => whyMissing(this.file, this.bytes, this.dataset(key), this.inside))
    if (missing) throw this.invalid(key, missing)
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
    if (!this.open) return
    this.open = false
    this.file.close()
    this.bytes.close()
  }

  private group(key: string): Group {
    const entity = this.entity(key)
    if (entity instanceof Group) return entity
    throw this.another(key, entity, 'group')
  }

  private dataset(key: string): Dataset {
    const entity = this.entity(key)
    if (entity instanceof Dataset) return entity
    throw this.another(key, entity, 'dataset')
  }

  /** Asking the library anew each time costs more than reading does. */
  private entity(key: string): ReturnType<File['get']> {
    const known = this.entities.get(key)
    if (known !== undefined) return known
    const entity = this.at(key, () => this.file.get(key || '/'))
    if (this.entities.size === MOST_ENTITIES) this.entities.clear()
    this.entities.set(key, entity)
    return entity
  }

  private another(key: string, entity: unknown, expected: string): DimaError {
    if (!entity) return this.invalid(key, 'is missing', { expected })
    const other = this.at(key, () => linkOut(this.file, key, this.inside))
    return this.invalid(key, other === undefined ? `is not a ${expected}` : inAnother(other), { expected })
  }

  private owner(key: string): Group | Dataset {
    return this.kind(key) === 'dataset' ? this.dataset(key) : this.group(key)
  }

  private at<T>(key: string, read: () => T): T {
    return inOneLine(key ? `${this.name}: ${key}` : this.name, read)
  }
}
