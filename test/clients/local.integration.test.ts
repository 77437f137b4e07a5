// Models imagined in Python without a server against the same models on a server; wants onnxruntime for Python.
import { spawn, spawnSync } from 'node:child_process'
import { cp, readdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { published } from '../export/fixture.ts'
import { modelsFolder } from '../registry/fixture.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const ROOT = resolve(import.meta.dirname, '../..')
const CLIENT = resolve(ROOT, 'clients/python')

const found = spawnSync(PYTHON, ['-c', 'import numpy, msgpack, websockets, onnxruntime']).status === 0
const title = `dima.local${found ? '' : ` (skipped: ${PYTHON} has no onnxruntime)`}`

beforeAll(useCpu)

/** The shipped models, and one with a policy and exact observations. */
async function someModels(): Promise<string> {
  const models = await modelsFolder()
  await published(true, models, { perceives: true, terminates: false })
  for (const name of await readdir(join(ROOT, 'models')))
    await cp(join(ROOT, 'models', name), join(models, name), { recursive: true })
  return models
}

async function serve(models: string): Promise<string> {
  const settings = { EXECUTORS: '1', RELOAD_SECONDS: '1', MODELS: models }
  const { app, close } = await openServer(readConfig(settings), KINDS, pino({ level: 'silent' }))
  onTestFinished(close)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const isServed = async () => expect((await fetch(`${url}/v1/models/cheetah`)).status).toBe(200)
  await vi.waitFor(isServed, { timeout: 60_000 }) // the shipped ones come first
  return url
}

describe.skipIf(!found)(title, () => {
  test("gives the server's numbers", async () => {
    const models = await someModels()
    const where = { PYTHONPATH: CLIENT, DIMA_MODELS: models, DIMA_SHIPPED_URL: await serve(models) }
    const child = spawn(PYTHON, ['-m', 'unittest', 'discover', '-s', 'tests', '-p', 'local_*.py'], {
      cwd: CLIENT,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...where },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onTestFinished(() => void child.kill())
    const told = await text(child.stderr)
    expect(told).toMatch(/^Ran [1-9]\d* tests? in/m)
    expect(told).toMatch(/^OK$/m)
  })
})
