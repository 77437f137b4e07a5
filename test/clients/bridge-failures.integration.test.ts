// What goes wrong in Python, or with the process that runs it, has a code here and words that name it.
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type BridgeOptions, BridgeVectorEnv } from '../../src/env/bridge/bridge-vector-env.ts'
import { missing, type PythonBridge, servePython } from './python-bridge.ts'
import { E } from './served-forms.ts'

const title = missing ? `failures in Python (skipped: ${missing})` : 'failures in Python'

let toys: PythonBridge
beforeAll(async () => {
  if (!missing) toys = await servePython(['bridge_toys:ALL'])
})
afterAll(() => toys?.stop())

async function connect(env: string, options: Partial<BridgeOptions> = {}, url = toys.url) {
  const copies = await BridgeVectorEnv.connect(url, { env, numEnvs: E, ...options })
  onTestFinished(() => copies.close())
  return copies
}

/** Refused over there; the message says all of it. */
const refusal = (...parts: string[]) =>
  expect.objectContaining({
    code: 'bridge_refused',
    message: expect.stringMatching(new RegExp(parts.map((part) => `(?=.*${part})`).join(''), 's')),
  })

describe.skipIf(missing)(title, () => {
  const rest = { east: new Float32Array(2 * E), north: new Float32Array(2 * E) }

  test('an exception is told in a line, logged whole, and the next reset goes on', async () => {
    const env = await connect('raises')
    await env.reset()
    for (let i = 0; i < 3; i++) await env.step(rest)
    const error = await env.step(rest).catch((error: unknown) => error)
    expect(error).toEqual(refusal('env_failed', 'copy 0', 'RuntimeError: the mass is lost'))
    expect((error as Error).message).not.toMatch(/Traceback|second line|bridge_toys/)
    await vi.waitFor(() => expect(toys.log()).toMatch(/Traceback.*and so is this second line/s), 30_000)
    await env.reset()
    expect((await env.step(rest)).terminations).toHaveLength(E)
  })

  test('an agent that leaves before the others is named', async () => {
    const env = await connect('leaves_early')
    await env.reset()
    for (let i = 0; i < 2; i++) await env.step(rest)
    await expect(env.step(rest)).rejects.toEqual(refusal('north left while east goes on'))
  })

  test('an observation of another shape never arrives', async () => {
    const env = await connect('wrong_shape')
    await env.reset()
    await expect(env.step(rest)).rejects.toEqual(refusal('the observation of north', '\\[1, 5\\]'))
  })

  test.each([
    ['integers', ['the action of north', 'Box of floats', 'Discrete']],
    ['unready', ['OSError: no such simulator']],
    ['nowhere', ['unknown_env', 'point_mass']],
  ])('%s is not made', async (name, parts) => {
    await expect(connect(name)).rejects.toEqual(refusal(...parts))
  })

  test('an option that the environment does not have is refused by name', async () => {
    await expect(connect('point_mass', { options: { fast: 1 } })).rejects.toEqual(refusal('fast', 'slow'))
  })

  test('a server that is killed in the middle of a step is lost, for good', async () => {
    const python = await servePython(['bridge_toys:point_mass'])
    onTestFinished(() => void python.child.kill('SIGKILL'))
    const env = await connect('point_mass', { options: { slow: 60 } }, python.url)
    await env.reset()
    const step = env.step(rest)
    step.catch(() => {})
    await vi.waitFor(() => expect(python.log()).toContain('stepping'), 20_000)
    python.child.kill('SIGKILL')
    const lost = expect.objectContaining({ code: 'bridge_lost' })
    await expect(step).rejects.toEqual(lost)
    await expect(env.reset()).rejects.toEqual(lost)
    await expect(connect('point_mass', {}, python.url)).rejects.toEqual(lost)
  })

  test('one that is stopped says goodbye and exits cleanly', async () => {
    const python = await servePython(['bridge_toys:point_mass'])
    const env = await connect('point_mass', {}, python.url)
    await env.reset()
    expect(await python.stop()).toBe(0)
    expect(python.log()).not.toContain('Traceback')
    await expect(env.step(rest)).rejects.toMatchObject({ code: 'bridge_lost' })
  })

  test('a token lets in who knows it', async () => {
    const python = await servePython(['bridge_toys:point_mass'], { MARL_ENV_TOKEN: 'secret' })
    onTestFinished(() => void python.stop())
    for (const token of [undefined, 'guess'])
      await expect(connect('point_mass', token ? { token } : {}, python.url)).rejects.toMatchObject({
        code: 'bridge_lost',
        message: expect.stringContaining('401'),
      })
    expect((await connect('point_mass', { token: 'secret' }, python.url)).numEnvs).toBe(E)
  })
})
