import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'))
  const joint = [
    [1, -1, 1],
    [-1, 1, -1],
  ]
  writeFileSync(join(folder, 'start.json'), '{"seed": 1}')
  writeFileSync(join(folder, 'actions.json'), JSON.stringify(Array(300).fill(joint)))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...flags: string[]) =>
  promisify(execFile)(process.execPath, [
    '--import',
    './src/common/typescript.mjs',
    'src/commands/simulate.ts',
    ...flags,
  ]).catch((error: { code: number; stdout: string; stderr: string }) => error)
const files = ['start', 'actions'].flatMap((name) => [`--${name}`, name])
const inFolder = () => files.map((flag) => (flag.startsWith('--') ? flag : join(folder, `${flag}.json`)))

test('writes the episode up to its end and says so', async () => {
  const out = join(folder, 'true.json')
  const { stdout } = await run('--task', 'Walker2d-2x3', ...inFolder(), '--out', out)
  const episode = JSON.parse(readFileSync(out, 'utf8'))
  const steps = episode.rewards.length
  expect(Object.keys(episode)).toEqual([
    'task',
    'start',
    'qpos',
    'qvel',
    'states',
    'observations',
    'rewards',
    'terminations',
    'truncations',
  ])
  expect(episode.terminations.at(-1)).toBe(true)
  expect(stdout).toBe(
    `written: ${out}, Walker2d-2x3-v1, ${steps} steps of 300: the episode terminated there\n`,
  )
  expect(readdirSync(folder).sort()).toEqual(['actions.json', 'start.json', 'true.json'])
})

test('bad input is one line, exit code 1 and no file', async () => {
  const out = join(folder, 'none.json')
  const result = await run('--task', 'HalfCheetah-6x1', ...inFolder(), '--out', out)
  expect(result).toMatchObject({ code: 1, stdout: '' })
  expect(result.stderr).toBe('actions[0] has 2 entries, expected at least 6\n')
  expect(readdirSync(folder)).not.toContain('none.json')
})
