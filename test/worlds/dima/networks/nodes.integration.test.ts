// Every node costs a device some microseconds, whatever it computes: how many ONNX Runtime runs of a graph of preset small
// may shrink, not grow. `npm run bench:nodes` says which they are.
import { expect, test } from 'vitest'
import { graphsOf } from '../../../../scripts/bench/nodes/graphs.ts'
import { sum } from '../../../../src/common/statistics.ts'
import { fitted } from '../../../../src/engine/fitted/fitted.ts'
import { optimisedOperations } from '../../../../src/engine/optimised-operations.ts'

const graphs = graphsOf('small')

/** As measured. */
const NODES = {
  embed: 15,
  denoise: 304,
  decode: 19,
  reward: 97,
  rewardStep: 119,
  sample: 585,
  'train decoder': 219,
  'train denoiser': 1573,
  'train reward': 616,
}

test.each(Object.entries(NODES))('%s has no more than %d nodes', async (name, most) => {
  const operations = await optimisedOperations(await graphs.get(name)!())
  expect(sum([...operations.values()]), JSON.stringify([...operations])).toBeLessThanOrEqual(most)
})

/**
 * Normalisations take factor and shift of each row as their own; elsewhere than on the CPU there is one update for all
 * buckets. Fitted to CUDA, counted as the CPU runs them.
 */
const CUDA_NODES = {
  denoise: 239,
  sample: 452,
  step: 585,
  'train decoder': 161,
  'train denoiser': 1512,
  'train reward': 588,
}

test.each(Object.entries(CUDA_NODES))('%s for CUDA has no more than %d nodes', async (name, most) => {
  const bytes = await fitted(await graphsOf('small', 'cuda').get(name)!(), 'cuda')
  const operations = await optimisedOperations(bytes)
  expect(sum([...operations.values()]), JSON.stringify([...operations])).toBeLessThanOrEqual(most)
})

test('no graph is left out', () => {
  expect([...graphs.keys()].toSorted()).toEqual(Object.keys(NODES).toSorted())
})
