// `npm start -- --check`: what it says and with which exit code, of machines that are fit and of those that are not.
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_VERSION, defaultModel } from '../../default-model.ts'
import { modelsFolder, publishTiny } from '../../registry/fixture.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

async function check(
  settings: Record<string, string>,
  flag = '--check',
): Promise<{ code: number | null; lines: string[] }> {
  const env = { ...process.env, PORT: '0', EXECUTORS: '1', ...settings }
  const child = spawn(
    process.execPath,
    ['--import', './src/common/typescript.mjs', 'src/commands/start.ts', flag],
    {
      cwd: ROOT,
      env,
    },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const code = await new Promise<number | null>((ended) => child.on('close', ended))
  return { code, lines: said.trim().split('\n') }
}

test('a machine that is fit: a line for each part, and nothing is left running', async () => {
  const { code, lines } = await check({ MODELS: defaultModel() })
  expect(code, lines.join('\n')).toBe(0)
  expect(lines.map((line) => line.split(/ +/)[1])).toEqual([
    'node',
    'address',
    'access',
    'device',
    'cores',
    'models',
    'memory',
    'proof',
  ])
  expect(lines.at(-1)).toMatch(/^ok +proof +halfcheetah-2x3@(\d+) imagines here, [\d.]+ s$/)
  expect(lines.at(-1)).toContain(`@${DEFAULT_VERSION} `)
})

test('what is wrong is said, all of it, with the setting and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((listening) => other.once('listening', listening))
  const { port } = other.address() as AddressInfo
  const keys = join(mkdtempSync(join(tmpdir(), 'dima-check-')), 'keys.json')
  writeFileSync(keys, 'no JSON')
  const { code, lines } = await check({ PORT: String(port), KEYS: keys, MODELS: 'docs' })
  expect(code).toBe(1)
  const failed = lines.filter((line) => line.startsWith('fail'))
  expect(failed[0]).toMatch(`address  PORT=${port} is in use`)
  expect(failed[1]).toContain('the keys file is not JSON')
  expect(failed[2]).toMatch(/models +no model of MODELS=docs can be served: npm run models -- list/)
})

test('a model that does not compute here is refused with the reason', async () => {
  const models = await modelsFolder()
  await publishTiny(models) // its graphs are no graphs
  const { code, lines } = await check({ MODELS: models })
  expect(code).toBe(1)
  expect(lines.at(-1)).toMatch(/^fail +proof +.*tiny@1 is refused: /)
})

test('a flag that there is not, and a setting that is wrong', async () => {
  expect(await check({}, '--chek')).toMatchObject({
    code: 1,
    lines: [expect.stringContaining('did you mean --check')],
  })
  expect(await check({ DEVICE: 'gpu' })).toMatchObject({
    code: 1,
    lines: [expect.stringContaining('none of cpu, cuda')],
  })
})
