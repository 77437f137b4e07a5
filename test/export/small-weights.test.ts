// Bundles of every kind as `npm run export` writes them, of DIMA in int8, of MAMBA and MARIE in float16: small enough to be shipped,
// and the model they are of.
import { beforeAll, describe, expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { sum } from '../../src/common/statistics.ts'
import { type NamedTensors, tensor } from '../../src/common/tensors.ts'
import { withWeightType } from '../../src/evaluation/weight-type.ts'
import { randomInputs } from '../../src/graph/random-inputs.ts'
import { type Compilable, compileGraphs } from '../../src/graph/serving-graph.ts'
import { runOnCpu } from '../../src/learning/engines/tfjs.ts'
import { NETWORK_PRESETS as DIMA } from '../../src/worlds/dima/networks/presets.ts'
import { servingGraphs } from '../../src/worlds/dima/train/serving-graphs.ts'
import { NETWORK_PRESETS as MAMBA } from '../../src/worlds/mamba/networks/presets.ts'
import { NETWORK_PRESETS as MARIE } from '../../src/worlds/marie/networks/presets.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { dims, randomModel } from '../worlds/dima/random-model.ts'
import { tinyMamba } from '../worlds/mamba/random-model.ts'
import { tinyMarie } from '../worlds/marie/random-model.ts'

beforeAll(useCpu)

/** Of all graphs; examples, starts and the card have the rest of 8 MiB. */
const MOST_BYTES = 7.75 * 2 ** 20
/** Between the networks and their rounded selves, of numbers of about 1. */
const TOLERANCE = 0.002

/** Numbers of codes and classes, which rounding may change where two are nearly as near or as likely. */
const CHOSEN = { encode: ['tokens'], observe: ['next'], imagine: ['next'] } as Record<string, string[]>

const kinds = [
  { kind: 'mamba', tiny: tinyMamba, small: () => tinyMamba(MAMBA.small) },
  { kind: 'marie', tiny: tinyMarie, small: () => tinyMarie(MARIE.small) },
] as { kind: string; tiny: () => Compilable; small: () => Compilable }[]

describe.each(kinds)('$kind', ({ tiny, small }) => {
  test('of preset small fits into 8 MiB', () => {
    const graphs = compileGraphs(withWeightType(small(), 'float16'))
    expect(sum(Object.values(graphs).map(({ length }) => length))).toBeLessThan(MOST_BYTES)
  })

  test('answers as it did before it was rounded', async () => {
    const model = tiny()
    const rounded = withWeightType(model, 'float16')
    let compared = 0
    for (const [name, graph] of Object.entries(model.graphs)) {
      const inputs = randomInputs(graph, 2, new Rng('rounded', name))
      const [own, other] = [
        await runOnCpu(graph.build, weightsOf(model, graph.network), inputs),
        await runOnCpu(graph.build, weightsOf(rounded, graph.network), inputs),
      ]
      for (const output of Object.keys(own).filter((one) => !CHOSEN[name]?.includes(one))) {
        const far = own[output]!.data.map((x, i) => Math.abs(x - other[output]!.data[i]!))
        expect(Math.max(...far), `${name}.${output}`).toBeLessThan(TOLERANCE)
        if (Math.max(...far) > 0) compared++
      }
    }
    expect(compared).toBeGreaterThan(1)
  })
})

test('dima of preset small fits into 6 MiB', () => {
  const { networks, weights } = randomModel(DIMA.small)
  const graphs = servingGraphs(networks, dims, DIMA.small.denoiser.conditioning)
  const sizes = (type: 'int8' | 'float16') =>
    sum(
      Object.values(compileGraphs(withWeightType({ graphs, networks, weights }, type))).map((x) => x.length),
    )
  expect(sizes('int8')).toBeLessThan(5.5 * 2 ** 20) // policy, its critic and examples have the rest
  expect(sizes('float16')).toBeGreaterThan(8 * 2 ** 20)
})

function weightsOf({ networks, weights }: Compilable, network: string | undefined): NamedTensors {
  if (network === undefined) return {}
  const named = networks[network]!.parameters.map(({ name, shape }) => [name, shape] as const)
  return Object.fromEntries(named.map(([name, shape]) => [name, tensor(shape, weights[network]!.get(name)!)]))
}
