// Keys and how one is recognised.
//
// A key is `dima_` and 256 random bits. Nobody can guess such a number, with or without its hash, so the file holds its
// plain sha256: salt and slow hashes protect passwords, which people choose, and would cost time on every request.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import Type, { type Static } from 'typebox'
import Format from 'typebox/format'
import Value from 'typebox/value'
import { DimaError } from '../../common/errors.ts'
import { type Identity, SCOPES } from './scopes.ts'

const Rate = Type.Number({ exclusiveMinimum: 0, maximum: 1e9 })

export const Key = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$', description: 'name of the holder' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the key' }),
    scopes: Type.Array(Type.Enum(SCOPES), { minItems: 1, uniqueItems: true }),
    expires: Type.Optional(Type.String({ description: 'date or time, ISO 8601' })),
    stepsPerSecond: Type.Optional({
      ...Rate,
      description: 'imagined steps a second; any other request is one',
    }),
    requestsPerSecond: Type.Optional({ ...Rate, description: 'an older name of stepsPerSecond' }),
    burst: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1e9, description: 'imagined steps at once after a pause' }),
    ),
  },
  { additionalProperties: false },
)
export type Key = Static<typeof Key>

const Keys = Type.Array(Key)

export const newKey = (): string => `dima_${randomBytes(32).toString('base64url')}`

export const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** A list of keys as read from JSON. Throws DimaError `invalid_config`, which quotes no hash. */
export function checkKeys(raw: unknown): Key[] {
  const [error] = Value.Errors(Keys, raw)
  if (error) throw wrong(`[keys]${error.instancePath.replaceAll('/', '.')} ${error.message}`)
  const keys = raw as Key[]
  const ids = keys.map(({ id }) => id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice) throw wrong(`${twice} is there twice`)
  const undated = keys.find(({ expires }) => expires !== undefined && !isDate(expires))
  if (undated) throw wrong(`expires of ${undated.id} is not a date like 2030-12-31`)
  const double = keys.find((key) => key.stepsPerSecond !== undefined && key.requestsPerSecond !== undefined)
  if (double)
    throw wrong(`requestsPerSecond of ${double.id} is an older name of stepsPerSecond: leave it out`)
  return keys
}

/** The keys in force, ready to be compared. */
export type KeyRing = readonly { key: Key; digest: Buffer; expiresAt: number }[]

export const keyRing = (keys: readonly Key[]): KeyRing =>
  keys.map((key) => ({
    key,
    digest: Buffer.from(key.sha256, 'hex'),
    expiresAt: key.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.expires),
  }))

/** The holder of `given`, or undefined. `ring` is asked again by Identity.active. */
export function identify(given: string, ring: () => KeyRing): Identity | undefined {
  const digest = digestOf(given)
  let seen = ring()
  let entry = find(digest, seen)
  if (!entry || entry.expiresAt <= Date.now()) return undefined
  const { id: owner, scopes, burst, requestsPerSecond, stepsPerSecond = requestsPerSecond } = entry.key
  const active = () => {
    if (ring() !== seen) {
      seen = ring()
      entry = find(digest, seen)
    }
    const unchanged = entry?.key.id === owner && `${entry.key.scopes}` === `${scopes}`
    return unchanged && entry!.expiresAt > Date.now()
  }
  return { owner, scopes: new Set(scopes), stepsPerSecond, burst, active }
}

/** Compares every entry in constant time, whichever matches: how long it takes tells nothing about the keys. */
function find(digest: Buffer, ring: KeyRing): KeyRing[number] | undefined {
  let found: KeyRing[number] | undefined
  for (const entry of ring) if (timingSafeEqual(digest, entry.digest)) found = entry
  return found
}

const isDate = (text: string): boolean => Format.IsDate(text) || Format.IsDateTime(text)

const wrong = (message: string): DimaError => new DimaError('invalid_config', `the keys file: ${message}`)
