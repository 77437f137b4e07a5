// A run becomes bytes and is the same run again; what is no run is refused in words.
import { expect, test } from 'vitest'
import { packRun, type SharedRun, unpackRun } from '../../src/playground/share/packed-run.ts'

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

test('is the same again', () => {
  expect(unpackRun(packRun(run), 2)).toEqual(run)
})

const refused = (change: (text: string) => string, J = 2): string => {
  const bytes = Buffer.from(change(Buffer.from(packRun(run)).toString('latin1')), 'latin1')
  try {
    unpackRun(bytes, J)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test.each([
  ['of another model', (text: string) => text, 'it has 10 numbers of actions, not 15', 3],
  ['cut in its bytes', (text: string) => text.slice(0, -1), 'it has 9 numbers of actions, not 10', 2],
  ['cut in its head', (text: string) => text.slice(0, 20), 'it was cut or changed', 2],
  ['nothing', () => '', 'it was cut or changed', 2],
  ['of the future', (text: string) => text.replace('"format":1', '"format":2'), 'another version', 2],
  ['with a wrong seed', (text: string) => text.replace('"seed":7', '"seed":-7'), 'its seed is -7', 2],
  ['with steps without end', (text: string) => text.replace('"steps":2', '"steps":1e9'), 'who acts', 2],
  ['with another mode', (text: string) => text.replace('sample', 'simple'), 'who acts is not known', 2],
  ['without a start', (text: string) => text.replace('"own"', '"off"'), 'where it starts', 2],
] as const)('is refused in words: %s', (_, change, words, J) => {
  expect(refused(change, J)).toMatch(/^This link can't be replayed: /)
  expect(refused(change, J)).toContain(words)
})
