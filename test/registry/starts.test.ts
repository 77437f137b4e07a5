// Start states that a bundle brings for sessions that name none.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeFile } from '../../src/registry/files.ts'
import { type Bundle, readStarts } from '../../src/registry/load.ts'
import type { Examples } from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { AGENTS, files, L, manifest, modelsFolder } from './fixture.ts'

/** Publishes the tiny graphs with these documents and no others. */
async function publishWith(documents: Record<string, unknown>): Promise<Bundle> {
  const texts = Object.entries(documents).map(
    ([file, value]) => [file, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  )
  const graphs = [...files()].filter(([file]) => file.endsWith('.onnx'))
  const listed = { documents: texts.map(([file, text]) => describeFile(file, text)) }
  return publish(await modelsFolder(), KINDS, 'tiny', new Map([...graphs, ...texts]), (version) =>
    manifest('tiny', version, listed),
  )
}

const state = [0.1, 0.2, 0.3, 0.4]
const joint = AGENTS.map(() => [0.5, 0.6, 0.7])
const example = (starts: Examples[number]['starts']): Examples[number] => ({
  title: 'one',
  starts,
  actions: [[joint]],
  trueStates: [[state]],
  trueRewards: [[0]],
})

test('are those of starts.json', async () => {
  const starts = [
    { states: [state], actions: [] },
    { states: [state, state, state], actions: [joint, joint] },
  ]
  const examples = [example([{ states: [[9, 9, 9, 9]], actions: [] }])]
  const bundle = await publishWith({ 'starts.json': { starts }, 'examples.json': examples })
  expect(await readStarts(bundle)).toEqual(starts)
})

test('are those of the examples when there is no starts.json, and none without examples', async () => {
  const starts = [
    { states: [state], actions: [] },
    { states: [state, state], actions: [joint] },
  ]
  const examples = starts.map((start) => example([start]))
  expect(await readStarts(await publishWith({ 'examples.json': examples }))).toEqual(starts)
  expect(await readStarts(await publishWith({}))).toEqual([])
})

test.each([
  ['no JSON', '{', 'starts.json is not JSON'],
  ['a list', [], 'starts.json: '],
  ['no starts', { starts: [] }, 'starts.json.starts: '],
  ['an unknown field', { starts: [{ states: [state], actions: [], seed: 1 }] }, 'unknown field seed'],
  ['a missing list of actions', { starts: [{ states: [state] }] }, 'starts.json.starts.0'],
  ['words for numbers', { starts: [{ states: [['a', 'b', 'c', 'd']], actions: [] }] }, 'states.0.0'],
  ['an endless number', '{"starts": [{"states": [[1e999, 0, 0, 0]], "actions": []}]}', 'states.0.0'],
  ['no states', { starts: [{ states: [], actions: [] }] }, 'start 0 has 0 states'],
  [
    'too many states',
    { starts: [{ states: Array(L + 1).fill(state), actions: Array(L).fill(joint) }] },
    'start 0 has 4 states, the model takes 1 to 3',
  ],
  [
    'a short state',
    {
      starts: [
        { states: [state], actions: [] },
        { states: [[1, 2]], actions: [] },
      ],
    },
    'start 1 has a state',
  ],
  [
    'a state beyond float32',
    { starts: [{ states: [[1e300, 0, 0, 0]], actions: [] }] },
    'start 0 has a state that is not finite',
  ],
  ['too few actions', { starts: [{ states: [state, state], actions: [] }] }, 'start 0 needs 1 joint actions'],
  [
    'actions of one agent',
    { starts: [{ states: [state, state], actions: [[[1, 2, 3]]] }] },
    'joint actions [2, 3]',
  ],
  [
    'narrow actions',
    { starts: [{ states: [state, state], actions: [[[1], [2]]] }] },
    'start 0 needs 1 joint actions [2, 3]',
  ],
])('refuses %s, naming the file', async (_, document, reason) => {
  await expect(publishWith({ 'starts.json': document })).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining(reason),
  })
})

test('refuses examples whose starts do not fit the model', async () => {
  const examples = [example([{ states: [[1]], actions: [] }])]
  await expect(publishWith({ 'examples.json': examples })).rejects.toThrow(
    'examples.json: start 0 has a state',
  )
})

test('refuses a file altered since it was checked', async () => {
  const bundle = await publishWith({ 'starts.json': { starts: [{ states: [state], actions: [] }] } })
  await writeFile(join(bundle.directory, 'starts.json'), '{"starts": []}')
  await expect(readStarts(bundle)).rejects.toMatchObject({ code: 'invalid_bundle' })
})
