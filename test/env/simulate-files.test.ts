import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveTask } from '../../src/env/make-env.ts'
import { readActions, readStart } from '../../src/env/simulate-files.ts'

const { body, spec } = resolveTask('HalfCheetah-2+4')
const nine = (value: unknown = 0) => Array(9).fill(value)

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'simulate-')), 'file.json')
})
afterEach(() => rmSync(join(path, '..'), { recursive: true }))

function put(content: unknown): string {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('a start is a seed or coordinates', () => {
  expect(readStart(put({ seed: 4 }), body)).toEqual({ seed: 4 })
  expect(readStart(put({ qpos: nine(), qvel: nine(1) }), body)).toEqual({ qpos: nine(), qvel: nine(1) })
})

test.each([
  ['{"seed": ', 'invalid_json', /^start: the file .*file.json is not JSON: /],
  ['[NaN]', 'invalid_json', /not JSON/],
  [[], 'invalid_request', 'start must be object, but is a list of 0'],
  [{}, 'invalid_request', 'start has nothing: give qpos and qvel, or seed'],
  [{ seed: 1, qpos: nine(), qvel: nine() }, 'invalid_request', /^start has seed, qpos, qvel: /],
  [{ seed: 1, qvel: nine() }, 'invalid_request', /^start has seed, qvel: /],
  [{ qpos: nine() }, 'invalid_request', /^start has qpos: /],
  [{ seed: 1.5 }, 'invalid_request', 'start.seed must be integer, but is 1.5'],
  [{ seed: -1 }, 'invalid_request', 'start.seed must be >= 0, but is -1'],
  [{ seed: '1' }, 'invalid_request', 'start.seed must be integer, but is "1"'],
  [{ sead: 1 }, 'invalid_request', 'start.sead is not a field that is known here'],
  [{ qpos: [0, 0], qvel: nine() }, 'invalid_shape', 'start.qpos has 2 entries, expected at least 9'],
  [{ qpos: [...nine(), 0], qvel: nine() }, 'invalid_shape', 'start.qpos has 10 entries, expected at most 9'],
  [{ qpos: nine(), qvel: nine(null) }, 'not_finite', 'start.qvel[0] is null, not a finite number'],
  [
    `{"qpos": [1e999,0,0,0,0,0,0,0,0], "qvel": [0]}`,
    'not_finite',
    'start.qpos[0] is Infinity, not a finite number',
  ],
])('the start %j is refused', (content, code, message) => {
  const start = put(content)
  expect(() => readStart(start, body)).toThrow(
    expect.objectContaining({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    }),
  )
})

test('agents may have actions of different length', () => {
  const actions = [
    [
      [1, 2],
      [3, 4, 5, 6],
    ],
  ]
  expect(readActions(put(actions), spec)).toEqual(actions)
})

const good = () => [
  [0, 0],
  [0, 0, 0, 0],
]
test.each([
  ['nonsense', 'invalid_json', /^actions: the file .* is not JSON: /],
  [{ actions: [] }, 'invalid_shape', 'actions is an object, not a list'],
  [[], 'invalid_shape', 'actions has 0 entries, expected at least 1'],
  [[good(), [[0, 0]]], 'invalid_shape', 'actions[1] has 1 entries, expected at least 2'],
  [[good(), [...good(), [0]]], 'invalid_shape', 'actions[1][2] is one too many'],
  [
    [
      good(),
      good(),
      good(),
      [
        [0, 0],
        [0, 0],
      ],
    ],
    'invalid_shape',
    'actions[3][1] has 2 entries, expected at least 4',
  ],
  [[[0, 0]], 'invalid_shape', 'actions[0][0] is 0, not a list'],
  [
    [
      [
        [0, 0],
        [0, 0, null, 0],
      ],
    ],
    'not_finite',
    'actions[0][1][2] is null, not a finite number',
  ],
  [
    [
      [
        [0, '0.5'],
        [0, 0, 0, 0],
      ],
    ],
    'invalid_request',
    'actions[0][0][1] must be number, but is "0.5"',
  ],
  [
    [
      [
        [0, 1e39],
        [0, 0, 0, 0],
      ],
    ],
    'invalid_request',
    /^actions\[0\]\[0\]\[1\] must be <= 3\.4/,
  ],
])('the actions %j are refused', (content, code, message) => {
  const actions = put(content)
  expect(() => readActions(actions, spec)).toThrow(
    expect.objectContaining({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    }),
  )
})

test('a missing file is named', () => {
  const message = `actions: the file ${path} can't be read (ENOENT)`
  expect(() => readActions(path, spec)).toThrow(expect.objectContaining({ code: 'invalid_config', message }))
})
