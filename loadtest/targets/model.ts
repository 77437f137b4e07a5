// The model under load and the joint actions that it is asked to imagine. N agents, A numbers of an action.
import type { ModelDetail, ModelList } from '../../src/api/models.ts'
import { meantModel } from '../../src/client/meant-model.ts'
import { DimaError } from '../../src/common/errors.ts'
import { Rng } from '../../src/common/rng.ts'
import type { Rest } from './rest.ts'

export interface LoadedModel {
  reference: string
  horizon: number
  context: number
  /** [N, A] */
  joint: readonly [number, number]
  /** S */
  stateSize: number
  /** states that a trajectory may start from, as the wire has them; zeros where the model brings no example */
  start: { states: number[][]; actions?: number[][][] }
  /** the next `count` joint actions [count, N, A], uniform within the bounds; valid until the next call */
  actions(count: number): Float32Array
}

/** @param reference empty: the first that is served */
export async function describeModel(rest: Rest, reference: string): Promise<LoadedModel> {
  const { models } = await rest.call<ModelList>('GET', '/v1/models')
  const wanted = reference || meantModel(models)?.name
  if (!wanted) throw new DimaError('unknown_model', 'the server has no model')
  const detail = await rest.call<ModelDetail>('GET', `/v1/models/${encodeURIComponent(wanted)}`)
  const { action, state } = detail.spaces
  const start = detail.examples[0]?.starts[0] as LoadedModel['start'] | undefined
  const joint = [detail.agents.length, action.dimension] as const
  return {
    reference: wanted,
    horizon: detail.horizon,
    context: detail.context,
    joint,
    stateSize: state.length,
    start: start ?? { states: [Array(state.length).fill(0)] },
    actions: actionSource(joint[0] * joint[1], action),
  }
}

/** Joint actions drawn once and used again and again: drawing new ones would cost more than sending them. */
const DRAWN = 4096

function actionSource(width: number, { low, high }: { low: number; high: number }) {
  let drawn: Float32Array = new Float32Array()
  let next = 0
  return (count: number): Float32Array => {
    if (drawn.length < count * width || drawn.length === 0)
      drawn = draw(Math.max(count, DRAWN) * width, low, high)
    if ((next + count) * width > drawn.length) next = 0
    const actions = drawn.subarray(next * width, (next + count) * width)
    next += count
    return actions
  }
}

function draw(count: number, low: number, high: number): Float32Array {
  const rng = new Rng('load')
  return Float32Array.from({ length: count }, () => low + (high - low) * rng.uniform())
}
