// Graphs that are composed of a bundle's when it is opened give what single calls give, in fewer calls.
import { describe, expect, test } from 'vitest'
import { sum } from '../../../../src/common/statistics.ts'
import { CPU, CUDA, type DevicePolicy } from '../../../../src/engine/device.ts'
import { optimisedOperations } from '../../../../src/engine/optimised-operations.ts'
import type { GraphSession } from '../../../../src/engine/session.ts'
import { composedGraphs } from '../../../../src/worlds/dima/serve/composed-graphs.ts'
import { dima } from '../../../../src/worlds/dima/serve/kind.ts'
import { memories } from '../../../../src/worlds/dima/serve/memory.ts'
import type { PlanRequest } from '../../../../src/worlds/dima/serve/plan.ts'
import { DimaSimulator } from '../../../../src/worlds/dima/serve/simulator.ts'
import { asDimaGraphs } from '../../../../src/worlds/dima/serve/spec.ts'
import { KINDS } from '../../../../src/worlds/kinds.ts'
import { gatherRows } from '../../../../src/worlds/live.ts'
import { openSimulator } from '../../../../src/worlds/open-simulator.ts'
import type { WorldKind } from '../../../../src/worlds/world.ts'
import { type OpenTiny, openTiny, rolloutOf, type TinyModel, tinyModel } from '../../../inference/fixture.ts'
import { walkers } from '../../../inference/live-rows.ts'

const joint: PlanRequest = { name: 'joint', order: [] }
const sequential = (...order: number[]): PlanRequest => ({ name: 'sequential', order })

const tiny = tinyModel()
/** One that samples agent by agent unless it is asked for something else. */
const bySequence: TinyModel = {
  ...tiny,
  spec: { ...tiny.spec, sampling: { ...tiny.spec.sampling, defaultPlan: 'sequential' } },
}

/** As a card has it, but for the numbers. */
const oneCall: DevicePolicy = { ...CPU, stepInOneCall: true, rewardCache: false, canaryWithin: 1e-3 }

/** The same graphs, without those that were composed if `single`; `calls` has the names of those that are run. */
function watched({ spec, graphs }: OpenTiny, single = false) {
  const calls: string[] = []
  const kept = Object.entries(graphs).filter(([name]) => !single || (name !== 'sample' && name !== 'step'))
  const sessions = kept.map(([name, session]): [string, GraphSession] => [
    name,
    {
      ...session,
      run: (inputs, outputs) => {
        calls.push(name)
        return session.run(inputs, outputs)
      },
    },
  ])
  return { simulator: new DimaSimulator(spec, asDimaGraphs(Object.fromEntries(sessions))), calls }
}

async function withOpen(model: TinyModel, policy: DevicePolicy, use: (open: OpenTiny) => Promise<void>) {
  const open = await openTiny(model, { policy })
  await use(open).finally(() => open.close())
}

describe('a rollout', () => {
  test.each([
    [tiny, joint, ['embed', 'sample']],
    [tinyModel({ weightType: 'int8' }), joint, ['embed', 'sample']],
    [bySequence, sequential(1, 1, 0, 0), ['embed', 'embed', 'sample']],
    [bySequence, sequential(0, 0, 1, 1), ['embed', 'embed', 'sample']],
    [bySequence, sequential(1, 0, 0, 1), ['embed', 'embed', 'denoise', 'denoise', 'denoise', 'denoise']],
    [bySequence, joint, ['embed', 'denoise', 'denoise']],
  ] as const)('has the numbers of single calls, to the bit', async (model, plan, expected) => {
    await withOpen(model, CPU, async (open) => {
      const [composed, single] = [watched(open), watched(open, true)]
      for (const batch of [1, 3, 16]) {
        const rollout = rolloutOf(open.spec, { batch, horizon: 4, plan: { ...plan, order: [...plan.order] } })
        composed.calls.length = 0
        const given = await composed.simulator.rollout(rollout)
        const { states } = await single.simulator.rollout(rollout)
        expect(given.states).toEqual(states)
        expect(composed.calls.slice(0, expected.length)).toEqual(expected)
      }
      expect(new Set(single.calls)).toEqual(new Set(['embed', 'denoise', 'decode', 'reward']))
    })
  })

  test('on a device is within its tolerance', async () => {
    await withOpen(tiny, oneCall, async (open) => {
      const rollout = rolloutOf(open.spec, { batch: 3 })
      const given = await watched(open).simulator.rollout(rollout)
      const { states } = await watched(open, true).simulator.rollout(rollout)
      expect(Math.max(...given.states.map((x, i) => Math.abs(x - states[i]!)))).toBeLessThan(1e-5)
    })
  })
})

describe('a live step', () => {
  test.each([1, 3])('of %i sessions is one call on a device', async (batch) => {
    await withOpen(tiny, oneCall, async (open) => {
      const [composed, single] = [watched(open), watched(open, true)]
      const sessions = walkers(open.spec, rolloutOf(open.spec, { batch }))
      for (let step = 0; step < 3; step++) {
        const rows = gatherRows(
          memories(open.spec),
          joint,
          sessions.map((session) => session.row()),
        )
        const [given, expected] = [await composed.simulator.step(rows), await single.simulator.step(rows)]
        for (const field of [
          'carried',
          'states',
          'observations',
          'rewards',
          'terminationProbabilities',
        ] as const) {
          expect(given[field].length).toBe(expected[field].length)
          expect(Math.max(...given[field].map((x, i) => Math.abs(x - expected[field][i]!)))).toBeLessThan(
            1e-5,
          )
        }
      }
      expect(composed.calls).toEqual(['step', 'step', 'step'])
      expect(single.calls.slice(0, 5)).toEqual(['embed', 'denoise', 'denoise', 'decode', 'reward'])
    })
  })

  test('of more sessions than are embedded at a time, or by another plan, is several', async () => {
    await withOpen(tiny, { ...oneCall, embedRows: 2 }, async (open) => {
      const { simulator, calls } = watched(open)
      const rows = walkers(open.spec, rolloutOf(open.spec, { batch: 3 })).map((session) => session.row())
      await simulator.step(gatherRows(memories(open.spec), joint, rows))
      expect(calls).toEqual(['embed', 'embed', 'sample', 'decode', 'reward'])
      calls.length = 0
      await simulator.step(gatherRows(memories(open.spec), sequential(1, 1, 0, 0), rows.slice(1)))
      expect(calls).not.toContain('step')
    })
  })
})

describe('what is composed', () => {
  test('has its weights once, and less than twice the nodes', async () => {
    const { sample } = await composedGraphs(tiny.spec, tiny.graphs, CUDA)
    const { denoise } = tiny.graphs
    expect(sample!.bytes.length).toBeLessThan(1.5 * denoise.length)
    const [one, both] = [await optimisedOperations(denoise), await optimisedOperations(sample!.bytes)]
    expect(sum([...both.values()])).toBeLessThan(2 * sum([...one.values()]))
  })

  test('is nothing where a simulator is not to compose, and its rollouts are the same', async () => {
    const composing: string[] = []
    const composed: WorldKind['composed'] = (...given) => {
      composing.push('asked')
      return dima.composed!(...given)
    }
    const kinds = { ...KINDS, table: { dima: { ...dima, composed } } }
    const states = []
    for (const composes of [true, false]) {
      const simulator = await openSimulator(kinds, tiny.spec, { ...tiny.graphs }, { composes })
      states.push((await simulator.rollout(rolloutOf(tiny.spec, { batch: 3 }))).states)
      await simulator.close()
    }
    expect(composing).toEqual(['asked'])
    expect(states[1]).toEqual(states[0])
  })

  test('is nothing of graphs that others wrote, nor of many levels', async () => {
    const text = new TextEncoder()
    const foreign = Buffer.from(tiny.graphs.denoise)
    foreign.set(text.encode('other-trace'.slice(0, 10)), foreign.indexOf('onnx-trace'))
    expect(await composedGraphs(tiny.spec, { ...tiny.graphs, denoise: foreign }, CUDA)).toEqual({
      sample: undefined,
      step: undefined,
    })
    const { sampling } = tiny.spec
    const many = { ...tiny.spec, sampling: { ...sampling, jointSteps: 5 } }
    expect(await composedGraphs(many, tiny.graphs, CUDA)).toEqual({})
  })

  test('names the tensors that it has', async () => {
    const { step } = await composedGraphs(bySequence.spec, bySequence.graphs, CUDA)
    const { L, N, A, S, P } = { L: 3, N: 2, A: 3, S: 17, P: 15 }
    expect(Object.fromEntries(step!.inputs.map(({ name, shape }) => [name, shape]))).toEqual({
      actions: ['batch', L, N, A],
      context: ['batch', L, S],
      mask_0: ['batch', L, N],
      mask_1: ['batch', L, N],
      noisy: ['batch', S],
      states: ['batch', P, S],
      taken: ['batch', P, N, A],
    })
    expect(step!.outputs.map(({ name }) => name)).toEqual([
      'next',
      'observations',
      'rewards',
      'termination_probabilities',
    ])
  })
})
