// Values and names that programs trip over, and how a good value is spoilt with them.
import type { Rng } from '../../../src/common/rng.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export const choose = <T>(rng: Rng, list: readonly T[]): T => list[rng.int(list.length)]!
export const chance = (rng: Rng, share: number): boolean => rng.uniform() < share

/** Numbers that JSON.stringify would not write; json() in encode.ts puts them in as they are. */
export const RAW_NUMBERS = [
  'NaN',
  'Infinity',
  '-Infinity',
  '1e400',
  '-1e999',
  '0x10',
  '01',
  '+1',
  '1.',
  '9'.repeat(400),
]
export const RAW = '@@raw:'

const TEXTS = [
  '',
  ' ',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  '0',
  '1e400',
  'true',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\ud800',
  '\udc00x',
  '\u202etxt',
  '💥'.repeat(9),
  'é'.repeat(70),
  'A'.repeat(201),
  'A'.repeat(5000),
  '../../../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  '<script>alert(1)</script>',
  "' OR 1=1 --",
  '%s%n%x',
  '{{7*7}}',
  '\r\nX-Injected: yes',
  '2026-02-30T99:99:99Z',
  'halfcheetah-2x3@nothing',
  'halfcheetah-2x3@../1',
  'agent_0',
]
const NUMBERS = [
  1,
  2,
  3,
  16,
  40,
  0,
  -0,
  -1,
  0.5,
  1e-320,
  1e20,
  1e30,
  1e308,
  -1e308,
  3.5e38,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  1e21,
  65,
  257,
]
const CONTAINERS: (() => Json)[] = [
  () => [],
  () => [[]],
  () => ({}),
  () => [null],
  () => Array<Json>(1000).fill(0),
  () => Array<Json>(300).fill('x'),
  () => ({ length: 3, 0: 1, 1: 2, 2: 3 }),
  () => own('__proto__', { polluted: true }),
  () => ({ toJSON: 'x', valueOf: 1 }),
  () => own('then', 'y'),
  () => ({ __ndarray__: true, dtype: '<f4', shape: [1], data: 'AAAA' }),
  () => ({ type: 'Buffer', data: [1, 2, 3] }),
]
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\u0000',
  'length',
  '0',
  'then',
  'type',
  'id',
  'session_id',
  'model',
  'seed',
  'start',
  'starts',
  'actions',
  'step_id',
  'step_ids',
  'deadline_ms',
  'policy',
  'samples',
  'quantiles',
  'horizon',
  'outputs',
  'order',
  'plan',
  'count',
  'seeds',
  'snapshot',
  'autoreset',
  'traceparent',
  'x'.repeat(3000),
]

/** A plain `{ __proto__: ... }` would set the prototype and have no such field. */
const own = (name: string, value: Json): Json => Object.fromEntries([[name, value]])

export function oddValue(rng: Rng): Json {
  const kind = rng.int(10)
  if (kind < 3) return choose(rng, TEXTS)
  if (kind < 5) return choose(rng, NUMBERS)
  if (kind < 6) return RAW + choose(rng, RAW_NUMBERS)
  if (kind < 8) return choose(rng, CONTAINERS)()
  return choose(rng, [null, true, false])
}

interface Place {
  holder: Json[] | Record<string, Json>
  key: string | number
}

/** A copy of a request with one thing changed, or up to four. */
export function spoilt(rng: Rng, value: Json): Json {
  const root = { value: structuredClone(value) }
  for (let left = choose(rng, [1, 1, 1, 2, 2, 4]); left > 0; left--) {
    const places = placesIn(root.value, { holder: root, key: 'value' })
    // Places near the top count as much as the many numbers at the bottom, but the whole is only one of them.
    const place = chance(rng, 0.5) ? choose(rng, places.slice(0, 12)) : choose(rng, places)
    change(rng, place)
  }
  return root.value
}

/** Half of the numbers become other numbers: what is almost right gets further. */
function change(rng: Rng, place: Place): void {
  const value = valueAt(place)
  if (typeof value === 'number' && chance(rng, 0.5)) put(place, choose(rng, NUMBERS))
  else choose(rng, CHANGES)(rng, place, value)
}

const valueAt = ({ holder, key }: Place): Json => (holder as Record<string | number, Json>)[key]!

function put({ holder, key }: Place, value: Json): void {
  const options = { value, enumerable: true, configurable: true, writable: true }
  Object.defineProperty(holder, key, options) // __proto__ too becomes a field
}

/** Breadth first, a few hundred at most. */
function placesIn(value: Json, first: Place): Place[] {
  const places = [first]
  for (let i = 0; i < places.length && places.length < 300; i++) {
    const inner = i === 0 ? value : valueAt(places[i]!)
    if (typeof inner !== 'object' || inner === null) continue
    const keys = Array.isArray(inner) ? [...inner.keys()].slice(0, 20) : Object.keys(inner)
    for (const key of keys) places.push({ holder: inner as Place['holder'], key })
  }
  return places
}

type Change = (rng: Rng, place: Place, value: Json) => void

const CHANGES: Change[] = [
  (rng, place) => put(place, oddValue(rng)),
  (rng, place) => put(place, oddValue(rng)),
  (_, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  },
  (rng, place, value) => {
    const target = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : place.holder
    if (!Array.isArray(target)) put({ holder: target, key: choose(rng, NAMES) }, oddValue(rng))
  },
  (rng, place, value) => put(place, { [choose(rng, NAMES)]: value }),
  (_, place, value) => put(place, [value]),
  (rng, place, value) => put(place, nest(value, choose(rng, [2, 5, 12, 14, 15, 16, 17, 40, 300]))),
  (rng, place, value) => {
    if (Array.isArray(value))
      put(
        place,
        Array.from({ length: rng.int(40) }, () => value[0] ?? null),
      )
  },
  (rng, place, value) => {
    if (Array.isArray(value)) put(place, [...value, value[rng.int(value.length)] ?? 0])
  },
  (_, place, value) => {
    if (Array.isArray(value)) put(place, value.slice(1))
  },
  (rng, place, value) => {
    if (typeof value === 'number') put(place, value * choose(rng, [-1, 1e5, 1e30, 1e-30, 0, 1.5]))
  },
  (_, place, value) => {
    if (typeof value === 'string') put(place, value.slice(1))
  },
  (_, place, value) => {
    if (typeof value === 'number' || typeof value === 'boolean') put(place, String(value))
  },
]

function nest(value: Json, depth: number): Json {
  let nested = value
  for (let i = 0; i < depth; i++) nested = i % 2 ? { a: nested } : [nested]
  return nested
}
