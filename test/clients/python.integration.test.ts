// The Python client against listening servers: its own tests run here, with Debian's packages. Those of the packages that
// its users have beside it run where PYTHON has them: PYTHON=venv/bin/python npx vitest run test/clients/python
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { digestOf, keyRing, newKey } from '../../src/server/auth/keys.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { DEFAULT_VERSION, defaultModel } from '../default-model.ts'
import { randomPoses } from './poses.ts'
import { startServer, startStoredServer, type TestServer } from './server.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const ROOT = resolve(import.meta.dirname, '../..')
const CLIENT = resolve(ROOT, 'clients/python')

/** Why the tests can't run here. In CI they must, so there the answer is always undefined. */
const missing =
  process.env.CI || spawnSync(PYTHON, ['-c', 'import numpy, msgpack, websockets']).status === 0
    ? undefined
    : `${PYTHON} has no python3-numpy, python3-msgpack or python3-websockets`
const title = missing ? `the Python client (skipped: ${missing})` : 'the Python client'

/** Software that users train with, and which of it PYTHON has. */
const SOFTWARE = [
  'gymnasium',
  'pettingzoo',
  'ray',
  'supersuit',
  'stable_baselines3',
  'torchrl',
  'benchmarl',
  'tianshou',
]
const looked = `from importlib.util import find_spec; print(*filter(find_spec, ${JSON.stringify(SOFTWARE)}))`
const installed = missing ? [] : spawnSync(PYTHON, ['-c', looked]).stdout.toString().trim().split(' ')
const absent = SOFTWARE.filter((name) => !installed.includes(name))
const left = absent.length > 0 ? ` (absent and not tried: ${absent.join(', ')})` : ''

interface Outcome {
  status: number | null
  output: string
}

function python(args: string[], environment: Record<string, string>): Promise<Outcome> {
  const child = spawn(PYTHON, args, {
    cwd: CLIENT,
    env: { ...process.env, PYTHONPATH: CLIENT, PYTHONDONTWRITEBYTECODE: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill())
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, output }))
  })
}

/** Runs the test files of a pattern and checks that there were tests, and that none failed or was skipped. */
async function unittest(pattern: string, environment: Record<string, string>): Promise<void> {
  const output = await passing(pattern, environment)
  expect(output).not.toMatch(/skipped=/)
}

async function passing(pattern: string, environment: Record<string, string>): Promise<string> {
  const run = ['-m', 'unittest', 'discover', '-s', 'tests', '-p', pattern]
  const { status, output } = await python(run, environment)
  const [, count = '0'] = /^Ran (\d+) tests? in/m.exec(output) ?? []
  expect(status, output).toBe(0)
  expect(Number(count), output).toBeGreaterThan(0)
  return output
}

/** A file with poses of robots, for as long as the test runs. */
async function poses(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dima-poses-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'poses.json')
  writeFileSync(file, JSON.stringify(await randomPoses()))
  return file
}

const serve = (...args: Parameters<typeof startServer>): Promise<string> => urlOf(startServer(...args))

async function urlOf(starting: Promise<TestServer>): Promise<string> {
  const server = await starting
  onTestFinished(server.close)
  return server.url
}

async function serveShipped(): Promise<string> {
  const settings = { EXECUTORS: '1', RELOAD_SECONDS: '0', MODELS: defaultModel([DEFAULT_VERSION]) }
  const { app, close } = await openServer(readConfig(settings), KINDS, pino({ level: 'silent' }))
  onTestFinished(close)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

describe.skipIf(missing)(title, () => {
  test('passes its own tests', async () => {
    const key = newKey()
    const scopes: ('read' | 'rollout' | 'session')[] = ['read', 'rollout', 'session']
    const ring = keyRing([{ id: 'alice', sha256: digestOf(key).toString('hex'), scopes }])
    await unittest('test_*.py', {
      DIMA_URL: await serve(),
      DIMA_KEYED_URL: await serve({}, { keys: { ring: () => ring } }),
      DIMA_KEY: key,
      DIMA_FULL_URL: await serve({ capacityPerOwner: 2 }),
      DIMA_STORED_URL: await urlOf(startStoredServer()),
      DIMA_BRIEF_URL: await serve({ idleTimeoutMs: 600 }),
      DIMA_POSES: await poses(),
    })
  })

  test('imagines with the shipped model, as its examples do', async () => {
    await unittest('shipped_*.py', { DIMA_SHIPPED_URL: await serveShipped() })
  })

  describe.skipIf(absent.length === SOFTWARE.length)(`in its users' software${left}`, () => {
    test('does what Gymnasium, PettingZoo and Ray ask of an environment', async () => {
      await passing('installed_*.py', { DIMA_URL: await serve(), DIMA_SHIPPED_URL: await serveShipped() })
    })

    test('trains as its examples say', { timeout: 600_000 }, async () => {
      await passing('recipes.py', { DIMA_SHIPPED_URL: await serveShipped() })
    })
  })
})
