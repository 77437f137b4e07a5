// A linear world as a bundle: two agents push a point in a plane; the reward is how near it is to the origin.
import * as tf from '@tensorflow/tfjs-core'
import { compileServing, type ServingGraph } from '../../../src/graph/serving-graph.ts'
import { describeFile } from '../../../src/registry/files.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { type BundleGraph, graphFile, type Manifest } from '../../../src/registry/manifest.ts'
import { publish } from '../../../src/registry/publish.ts'
import { manifest } from '../../registry/fixture.ts'
import { KINDS } from './kinds.ts'

export const [N, A, S, O] = [2, 1, 4, 2]

/** Positions, then velocities: [S, S] and [N * A, S]. */
const WEIGHTS = {
  W: [1, 0, 0, 0, 0, 1, 0, 0, 0.2, 0, 0.9, 0, 0, 0.2, 0, 0.9],
  V: [0, 0, 0.5, 0, 0, 0, 0, 0.5],
}

export const dynamics: ServingGraph = {
  network: 'linear',
  inputs: (B) => [
    { name: 'state', shape: [B, S] },
    { name: 'actions', shape: [B, N, A] },
  ],
  outputs: (B) => [
    { name: 'next', shape: [B, S] },
    { name: 'reward', shape: [B] },
    { name: 'end', shape: [B] },
  ],
  build: ({ W, V }, { state, actions }) => {
    const pushed = tf.matMul(tf.reshape(actions!, [-1, N * A]), V as tf.Tensor2D)
    const next = tf.add(tf.matMul(state as tf.Tensor2D, W as tf.Tensor2D), pushed)
    const distance = tf.sum(tf.square(next), 1)
    return { next, reward: tf.neg(distance), end: tf.mul(distance, tf.scalar(0)) }
  },
}

export function linearGraph(): Uint8Array {
  const parameter = (name: string, shape: number[]) => ({ name, shape, decay: false, init: () => {} })
  const parameters = [parameter('W', [S, S]), parameter('V', [N * A, S])]
  const weights = new Map(Object.entries(WEIGHTS).map(([name, data]) => [name, Float32Array.from(data)]))
  return compileServing('dynamics', dynamics, parameters, weights)
}

/** Published as every bundle is, and so proven readable. */
export function publishLinear(models: string, change: Record<string, unknown> = {}): Promise<Bundle> {
  const graph = linearGraph()
  const starts = JSON.stringify({ starts: [{ states: [[1, -1, 0, 0]], actions: [] }] })
  const files = new Map<string, Uint8Array | string>([
    [graphFile('dynamics'), graph],
    ['starts.json', starts],
  ])
  const manifestFor = (version: string): Manifest => {
    const { sampling: _, ...common } = manifest('point', version)
    const signature = (values: ServingGraph['inputs']): BundleGraph['inputs'] =>
      values(-1).map(({ name, shape: [, ...rest] }) => ({
        name,
        dtype: 'float32' as const,
        shape: ['batch' as const, ...rest],
      }))
    return {
      ...common,
      kind: 'linear',
      agents: ['x', 'y'].map((name) => ({ name, actuators: ['push'] })),
      action: { dimension: A, low: -1, high: 1, unit: '1' },
      state: ['x', 'y', 'vx', 'vy'].map((name) => ({ name, unit: '1' })),
      observation: ['x', 'y'].map((name) => ({ name, unit: '1' })),
      normalisation: { mean: Array(S).fill(0), std: Array(S).fill(1) },
      graphs: {
        dynamics: {
          ...describeFile(graphFile('dynamics'), graph),
          inputs: signature(dynamics.inputs),
          outputs: signature(dynamics.outputs),
        },
      },
      documents: [describeFile('starts.json', starts)],
      deviation: 0.05,
      ...change,
    } as unknown as Manifest
  }
  return publish(models, KINDS, 'point', files, manifestFor)
}
