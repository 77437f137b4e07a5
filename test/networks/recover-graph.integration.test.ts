// The graph `recover` finds the state behind what the agents of our tasks see.
import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { type Tensor, tensor } from '../../src/common/tensors.ts'
import { openGraphSession } from '../../src/engine/session.ts'
import { closedFormOf } from '../../src/env/closed-form.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import { compileServing, type ServingGraph } from '../../src/graph/serving-graph.ts'
import { widthsOf } from '../../src/networks/dimensions.ts'
import { perceiveGraph } from '../../src/networks/perceive-graph.ts'
import { recoverGraph } from '../../src/networks/recover-graph.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

async function run(graph: ServingGraph, inputs: Record<string, Tensor>): Promise<Tensor> {
  const session = await openGraphSession(compileServing('graph', graph, [], undefined))
  const [output] = Object.values(await session.run(inputs))
  await session.release()
  return output!
}

const ROWS = 7

test.each(['HalfCheetah-2x3', 'HalfCheetah-6x1', 'Ant-4x2', 'Walker2d-3x2?observation=raw', 'DexHands-Pen'])(
  'recover undoes perceive: %s',
  async (name) => {
    const task = taskSpec(name)
    const widths = widthsOf(task)
    const form = closedFormOf(task)!
    const given = tensor(
      [ROWS, widths.state],
      new Rng(name).normals(ROWS * widths.state).map((x) => 3 * x),
    )
    const observations = await run(perceiveGraph(widths, form), { states: given })
    const { data } = await run(recoverGraph(widths, form), { observations })
    expect(Math.max(...data.map((x, i) => Math.abs(x - given.data[i]!)))).toBeLessThan(2e-4) // of at most 10
  },
)

test('ids that no vector can have become no endless state', async () => {
  const widths = widthsOf(taskSpec('HalfCheetah-2x3'))
  const observations = tensor([1, widths.agents, widths.observation])
  observations.data.fill(1)
  const { data } = await run(recoverGraph(widths, 'standardised'), { observations })
  expect(data.every(Number.isFinite)).toBe(true)
})
