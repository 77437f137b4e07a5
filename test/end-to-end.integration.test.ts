// The whole path through its real doors, as docs/training.md has it, at preset `debug`: train -> report -> evaluate -> export
// -> serve -> imagine.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Manifest } from '../src/registry/manifest.ts'
import type { DimaSpec } from '../src/worlds/dima/serve/manifest.ts'
import { blocksOf } from './documents/blocks.ts'
import { checkout, remove, type Served, startIn } from './documents/checkout.ts'
import { LONGEST_MS, paste } from './documents/paste.ts'
import { checkOnnx, missingChecker } from './onnx-checker.ts'

const folder = checkout({ models: false })
const run = join(folder, 'runs/halfcheetah-2x3-dima-debug-seed1')
const version = join(folder, 'models/first/1')
let server: Served | undefined
let url = ''

/** An example as the API gives it. */
interface Example {
  starts: object[]
  actions: number[][][][]
  true_states: number[][][]
}

beforeAll(async () => {
  const blocks = blocksOf('docs/training.md').filter(({ runs }) => runs)
  expect(blocks).toHaveLength(1)
  const { status, output } = await paste(blocks[0]!, folder)
  expect(status, output).toBe(0)
  server = await startIn(folder)
  url = `http://${server.host}`
}, LONGEST_MS)

afterAll(async () => {
  await server?.stop()
  remove(folder)
})

const manifest = (): Manifest & DimaSpec => JSON.parse(readFileSync(join(version, 'manifest.json'), 'utf8'))

test('a run folder holds configuration, command, commit, metrics and checkpoint', () => {
  const record = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))
  expect(record.config).toMatchObject({ task: 'HalfCheetah-2x3', preset: 'debug', seed: 1 })
  expect(record.command).toContain('--preset debug')
  expect(record.commit).toMatch(/^([0-9a-f]{40}(-dirty)?|unknown)$/)
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n')
  const networks = lines.map((line) => JSON.parse(line).network).filter(Boolean)
  expect(new Set(networks)).toEqual(new Set(['decoder', 'denoiser', 'reward', 'actor', 'critic']))
})

test('the bundle says what it is and how good', () => {
  const { kind, environment, agents, training, scores, sampling } = manifest()
  expect(kind).toBe('dima')
  expect(environment).toBe('HalfCheetah-2x3-v1')
  expect(agents.map(({ actuators }) => actuators.length)).toEqual([3, 3])
  expect(training.environmentSteps).toBe(5000)
  expect(training.updates).toMatchObject({ decoder: 25, denoiser: 25, reward: 25 })
  expect(training.updates.actor).toBeGreaterThan(0)
  expect(scores.weights).toBe('int8')
  expect(scores.policy!.meanActions.episodes).toBe(10)
  expect(scores.policy!.sampledActions.episodes).toBe(2)
  expect(sampling).toMatchObject({ sequentialSteps: 4, jointSteps: 2, defaultPlan: 'joint' })
  expect(scores.plans.map(({ plan, order }) => `${plan} ${order}`)).toEqual([
    'joint -',
    'progressive descending',
    'sequential descending',
    'sequential ascending',
    'sequential balanced',
  ])
  expect(readdirSync(version).sort()).toEqual([
    'README.md',
    'body.json',
    'decode.onnx',
    'denoise.onnx',
    'embed.onnx',
    'error.svg',
    'examples.json',
    'learning.svg',
    'manifest.json',
    'perceive.onnx',
    'policy.onnx',
    'reward-step.onnx',
    'reward.onnx',
    'starts.json',
    'value.onnx',
  ])
})

test.skipIf(missingChecker)("every exported graph passes ONNX's checker", () => {
  for (const { file } of Object.values(manifest().graphs)) checkOnnx(readFileSync(join(version, file)))
})

test('the server imagines the examples the bundle brings', async () => {
  const detail = (await (await fetch(`${url}/v1/models/first`)).json()) as { examples: Example[] }
  expect(detail.examples.length).toBeGreaterThan(1)
  for (const { starts, actions, true_states } of detail.examples) {
    const body = JSON.stringify({ model: 'first@stable', starts, actions, seed: 3 })
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(`${url}/rollout`, { method: 'POST', headers, body })
    expect(reply.status).toBe(200)
    const answer = (await reply.json()) as {
      states: number[][][]
      observations: Record<string, number[][][]>
    }
    const shape = [actions.length, actions[0]!.length]
    expect([answer.states.length, answer.states[0]!.length]).toEqual(shape)
    expect(answer.states[0]![0]!.length).toBe(true_states[0]![0]!.length)
    expect(Object.keys(answer.observations)).toEqual(['agent_0', 'agent_1'])
    expect(answer.states.flat(2).every(Number.isFinite)).toBe(true)
  }
})

test('the policy of the bundle acts in a rollout', async () => {
  const { start_states, policy, terminates } = (await (
    await fetch(`${url}/v1/models/first`)
  ).json()) as Record<string, unknown>
  expect([start_states, policy, terminates]).toEqual([64, true, false])
  const [start] = JSON.parse(readFileSync(join(version, 'starts.json'), 'utf8')).starts
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({
    model: 'first',
    starts: [start],
    policy: { mode: 'mean' },
    horizon: 15,
    seed: 3,
  })
  const reply = await fetch(`${url}/rollout`, { method: 'POST', headers, body })
  expect(reply.status).toBe(200)
  const answer = (await reply.json()) as {
    actions: number[][][][]
    rewards: number[][]
    lengths: number[]
  }
  expect(answer.lengths).toEqual([15]) // the cheetah's episodes have no end but a time limit
  expect(answer.actions[0]!.flat(2)).toHaveLength(15 * 6)
  expect(answer.actions.flat(3).every((action) => Math.abs(action) <= 1)).toBe(true)
  expect(answer.rewards[0]!.every(Number.isFinite)).toBe(true)
})

test('the server counts what it did', async () => {
  const text = await (await fetch(`${url}/metrics`)).text()
  expect(text).toMatch(/wm_rollouts_total\{model="first",version="1"[^}]*\} [1-9]/)
  expect(text).toMatch(/wm_steps_total\{model="first",version="1"[^}]*\} [1-9]/)
})
