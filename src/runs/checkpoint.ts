// All of a run's state that is not in its episodes, as one file. Random streams need no place here: they are
// functions of the seed and the update's number.
import { existsSync, readFileSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { DimaError } from '../common/errors.ts'
import { writeFileAtomic } from '../common/files.ts'
import { seal, unseal } from '../common/seal.ts'

const VERSION = 1

// Typed arrays travel as binary with a type tag; msgpackr would otherwise cut their elements to bytes.
const packr = new Packr({ useRecords: false })
type TypedArray = Float32Array | Float64Array | Int32Array
const TYPES = { f4: Float32Array, f8: Float64Array, i4: Int32Array } as const

function encode(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const array = value as TypedArray
    const type = Object.entries(TYPES).find(([, kind]) => array instanceof kind)![0]
    return { type, data: Buffer.from(array.buffer, array.byteOffset, array.byteLength) }
  }
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]))
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  const { type, data } = value as { type?: keyof typeof TYPES; data?: Buffer }
  if (type && Buffer.isBuffer(data)) return new TYPES[type](new Uint8Array(data).buffer)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
}

export function saveCheckpoint(path: string, checkpoint: object): void {
  writeFileAtomic(path, seal(packr.pack({ version: VERSION, ...(encode(checkpoint) as object) })))
}

/** `Kind` is what the run's algorithm keeps. */
export function loadCheckpoint<Kind extends object>(path: string): Kind | undefined {
  if (!existsSync(path)) return undefined
  const { version, ...checkpoint } = read(path)
  if (version !== VERSION) {
    throw new DimaError(
      'invalid_config',
      `the checkpoint has version ${version}, this program reads ${VERSION}`,
    )
  }
  return checkpoint as unknown as Kind
}

/** Checkpoints are written whole, so one that can't be read was damaged afterwards. */
function read(path: string): Record<string, unknown> {
  const bytes = readFileSync(path)
  let reason = 'it holds no fields'
  try {
    const fields = decode(packr.unpack(unseal(bytes)))
    if (typeof fields === 'object' && fields && 'version' in fields) return { ...fields }
  } catch (error) {
    reason = (error as Error).message
  }
  throw new DimaError('invalid_config', `the checkpoint ${path} is damaged: ${reason}; ${ADVICE}`)
}

const ADVICE = 'put a copy in its place, or delete it: the command of the run then trains from the beginning'
