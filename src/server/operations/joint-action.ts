// One action of every agent: a list in the order of the model, a tensor, or PettingZoo's dictionary by agent.
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { keepInside, type OutOfRange } from '../rollout/action-range.ts'
import { agentNames } from '../rollout/views.ts'
import { copyNumbers, describe } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'

/** [N, A], inside their space. Throws DimaError naming what of `actions` is wrong. */
export function readJointAction(
  actions: unknown,
  manifest: Manifest,
  outOfRange: OutOfRange,
): { joint: Float32Array; clipped: number } {
  const [N, A] = [manifest.agents.length, manifest.action.dimension]
  const joint = new Float32Array(N * A)
  if (isDictionary(actions)) copyByAgent(actions, manifest, joint)
  else copyNumbers(actions, [N, A], 'actions', joint)
  return { joint, clipped: keepInside(joint, manifest, outOfRange, 'actions') }
}

const isDictionary = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WireTensor)

function copyByAgent(actions: Record<string, unknown>, manifest: Manifest, joint: Float32Array): void {
  const A = manifest.action.dimension
  const agents = manifest.agents
  for (let agent = 0; agent < agents.length; agent++) {
    const { name } = agents[agent]!
    if (!Object.hasOwn(actions, name)) throw missing(name)
    copyNumbers(actions[name], [A], `actions.${name}`, joint, agent * A)
  }
  const given = Object.keys(actions)
  if (given.length > agents.length) throw unknown(given, agentNames(manifest))
}

const missing = (name: string): DimaError =>
  new DimaError('invalid_request', `actions.${name} is missing`, {
    field: `actions.${name}`,
    expected: 'array',
    given: 'nothing',
  })

function unknown(given: string[], known: string[]): DimaError {
  const name = String(describe(given.find((one) => !known.includes(one))))
  return new DimaError('unknown_agent', `actions.${name} is of no agent of this model`, {
    field: `actions.${name}`,
    expected: known,
    given: name,
  })
}
