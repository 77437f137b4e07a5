// A run becomes bytes and is the same run again; what is no run is refused in words.
import { expect, test } from 'vitest'
import type { Replayed } from '../../src/playground/share/head.ts'
import { packRun, type SharedRun, unpackRun } from '../../src/playground/share/packed-run.ts'
import { referenceIn } from '../../src/playground/share/reference.ts'

const step = (...levels: number[]) => ({ levels: Uint8Array.from(levels), acting: undefined })
const acted = { levels: Uint8Array.of(127, 127), acting: { mode: 'sample' as const, agents: [0, 1] } }

const run: SharedRun = {
  plan: 'joint',
  segments: [
    { seed: 7, start: { kind: 'own' }, steps: [step(0, 254), step(10, 127), acted, acted] },
    { seed: 2 ** 32 - 1, start: { kind: 'given', start: { states: [[0.1, 1e-17]] } }, steps: [] },
    { seed: 0, start: { kind: 'example', example: 0, row: 2 }, steps: [step(1, 2)] },
  ],
}

const model = {
  agents: [{}, {}],
  spaces: { action: { dimension: 1 } },
  plans: [{ name: 'joint' }],
  policy: true,
  examples: [{ title: 'one', starts: [{}, {}, {}] }],
} as unknown as Replayed

test('is the same again', () => {
  expect(unpackRun(packRun(run), model)).toEqual(run)
})

const refused = (change: (text: string) => string, more: object = {}): string => {
  const bytes = Buffer.from(change(Buffer.from(packRun(run)).toString('latin1')), 'latin1')
  try {
    unpackRun(bytes, { ...model, ...more })
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test.each<[string, (text: string) => string, string, object?]>([
  [
    'of another model',
    (text: string) => text,
    'it has 10 numbers of actions, not 20',
    { spaces: { action: { dimension: 2 } } },
  ],
  ['cut in its bytes', (text: string) => text.slice(0, -1), 'it has 9 numbers of actions, not 10'],
  ['cut in its head', (text: string) => text.slice(0, 20), 'it was cut or changed'],
  ['nothing', () => '', 'it was cut or changed'],
  ['of the future', (text: string) => text.replace('"format":1', '"format":2'), 'another version'],
  ['with a wrong seed', (text: string) => text.replace('"seed":7', '"seed":-7'), 'its seed is -7'],
  ['with steps without end', (text: string) => text.replace('"steps":2', '"steps":1e9'), 'who acts'],
  ['with another mode', (text: string) => text.replace('sample', 'simple'), 'who acts is not known'],
  ['without a start', (text: string) => text.replace('"own"', '"off"'), 'where it starts'],
  ['of a plan that is not there', (text: string) => text.replace('"joint"', '"other"'), 'no plan other'],
  [
    'of an example that is not there',
    (text: string) => text.replace('"row":2', '"row":3'),
    'where it starts',
  ],
  [
    'of an agent that is not there',
    (text: string) => text.replace('[0,1]', '[0,2]'),
    'who acts is not known',
  ],
  ['of an agent twice', (text: string) => text.replace('[0,1]', '[0,0]'), 'who acts is not known'],
  ['of a policy', (text: string) => text, 'who acts is not known', { policy: false }],
  [
    'of nobody',
    (text: string) => text.replace(/"acting":[{].*?[}]/, '"acting":null'),
    'who acts is not known',
  ],
  [
    'with an episode of nothing',
    (text: string) => text.replace(/"segments":.*]/, '"segments":[null]'),
    'seed is',
  ],
  ['with steps of nothing', (text: string) => text.replace(/"runs":.*?}]/, '"runs":[null]'), 'who acts'],
  ['pushed beyond', (text: string) => text.replace('\xfe', '\xff'), 'an action is beyond its range'],
])('is refused in words: %s', (_, change, words, more) => {
  expect(refused(change, more)).toMatch(/^This link can't be replayed: /)
  expect(refused(change, more)).toContain(words)
})

test('an address that is no address names what stands there', () => {
  expect(referenceIn('#a%401&run=x')).toBe('a@1')
  expect(referenceIn('#%E0%A4%A')).toBe('%E0%A4%A')
})
