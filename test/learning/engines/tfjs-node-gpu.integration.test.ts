// Engine tfjs-node-gpu with a package that stands in for the original: all but the native library is exercised. It
// computes on tfjs-cpu, so its runs are those of engine tfjs-cpu, bit for bit.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTrainer } from '../../../src/algorithms/dima/trainer.ts'
import type { EngineName } from '../../../src/learning/engines/engine.ts'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import { configOf, openTask, quiet, RESOURCES } from '../../runs/fixture.ts'
import { checkpointOf, linesOf, resultOf } from '../../runs/results.ts'

vi.mock('@tensorflow/tfjs-node-gpu', async () => {
  const { createRequire } = await import('node:module')
  return createRequire(import.meta.url)('./stand-in/tfjs-node-gpu.cjs')
})
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let root: string
const at = (name: string) => join(root, name)
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dima-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Two epochs of two updates each, after a first that only collects. */
function shortConfig(engine: EngineName) {
  const config = configOf({ steps: 3000, engine })
  Object.assign(config.hyperparameters, { warmupSteps: 1500 })
  for (const network of ['decoder', 'denoiser', 'reward'] as const)
    Object.assign(config.hyperparameters[network], { batch: 1, updatesPerEpoch: 2 })
  return config
}

async function train(name: string, engine: EngineName, signal?: AbortSignal, update = () => {}) {
  const config = shortConfig(engine)
  const source = await openTask(config)
  const trainer = await openTrainer(config, {
    folder: new RunFolder(at(name)),
    source,
    reporter: { ...quiet, update },
    resources: RESOURCES,
  })
  try {
    await trainer.run(signal)
    return trainer.finished
  } finally {
    await trainer.close()
    await source.close()
  }
}

/** What an engine made of a run; its own name is in neither. */
const madeBy = (name: string) => {
  const { metrics, episodes } = resultOf(at(name))
  return { metrics, episodes, learners: checkpointOf(at(name)) }
}

describe('a run', () => {
  test('is that of tfjs-cpu, on the backend tensorflow', async () => {
    expect(await train('original', 'tfjs-cpu')).toBe(true)
    expect(await train('whole', 'tfjs-node-gpu')).toBe(true)
    expect(tf.getBackend()).toBe('tensorflow')
    expect((tf.backend() as unknown as { calls: number }).calls).toBeGreaterThan(0)
    expect(linesOf(at('whole')).filter(({ network }) => network).length).toBeGreaterThan(0)
    const { seconds: _, ...whole } = checkpointOf(at('whole'))
    const { seconds: __, ...original } = checkpointOf(at('original'))
    expect(whole).toEqual(original)
    expect(madeBy('whole').metrics).toEqual(madeBy('original').metrics)
  })

  test('that was cut off goes on to the same result', async () => {
    const stop = new AbortController()
    let updates = 0
    expect(await train('cut', 'tfjs-node-gpu', stop.signal, () => ++updates === 3 && stop.abort())).toBe(
      false,
    )
    expect(await train('cut', 'tfjs-node-gpu')).toBe(true)
    expect(resultOf(at('cut'))).toEqual(resultOf(at('whole')))
  })
})

describe('npm run train', () => {
  const run = (addon: string, ...flags: string[]) =>
    spawnSync(
      process.execPath,
      [
        '--import',
        './src/common/typescript.mjs',
        'src/commands/train.ts',
        '--engine',
        'tfjs-node-gpu',
        ...flags,
      ],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          STAND_IN_ADDON: addon,
          NODE_OPTIONS: `--import=${join(import.meta.dirname, 'stand-in/register.mjs')}`,
        },
      },
    )
  const short = () => [
    '--preset',
    'debug',
    '--algorithm',
    'world-model',
    '--steps',
    '1000',
    '--out',
    at('command'),
    '--set',
    'decoder.batch=2,denoiser.batch=2,reward.batch=2',
  ]

  test('trains with the package, in threads too', () => {
    const { status, stderr } = run('', ...short(), '--cores', '2')
    expect(status, stderr).toBe(0)
    expect(checkpointOf(at('command'))).toBeDefined()
  })

  test.each([
    [
      'missing',
      "can't be loaded: The Node.js native addon module .* can not be found .* See docs/devices.md",
    ],
    ['broken', "can't be loaded: the tfjs backend tensorflow does not start. See docs/devices.md"],
  ])('says last that the addon is %s, in one line, and ends with exit code 1', (addon, reason) => {
    const { status, stderr } = run(addon, '--preset', 'debug', '--steps', '1000', '--out', at(addon))
    expect(status).toBe(1)
    // Before it tfjs itself writes why a backend does not start.
    expect(stderr.trim().split('\n').at(-1)).toMatch(new RegExp(`^engine tfjs-node-gpu ${reason}$`))
  })
})
