// All of a run's state that is not in its episodes, as one file. Random streams need no place here: they are
// functions of the seed and the update's number.
import { existsSync, readFileSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { DimaError } from '../common/errors.ts'
import { writeFileAtomic } from '../common/files.ts'
import { bytesOf, type NumberType, numbersOf, numberTypeOf, packArrays } from '../common/packed-arrays.ts'
import { seal, unseal } from '../common/seal.ts'

const VERSION = 1

const packr = new Packr({ useRecords: false })

/** Arrays travel as {type, data}. */
const encode = (checkpoint: object) =>
  packArrays(checkpoint, (array) => ({ type: numberTypeOf(array), data: bytesOf(array) })) as object

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  const { type, data } = value as { type?: NumberType; data?: Buffer }
  if (type && Buffer.isBuffer(data)) return numbersOf(type, data)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
}

export function saveCheckpoint(path: string, checkpoint: object): void {
  writeFileAtomic(path, seal(packr.pack({ version: VERSION, ...encode(checkpoint) })))
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
