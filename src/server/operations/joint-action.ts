// One action of every agent: a list in the order of the model, a tensor, or PettingZoo's dictionary by agent. Agents that a
// policy acts for need none.
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Acting } from '../../worlds/acting.ts'
import { keepInside, type OutOfRange } from '../rollout/action-range.ts'
import { noActionsGiven } from '../rollout/actions.ts'
import { isDictionary, requireKnown } from '../rollout/agents.ts'
import { actsForAll, fillIn } from '../rollout/policy.ts'
import { copyNumbers } from '../wire/numbers.ts'

/** [N, A], inside their space. Throws DimaError naming what of `actions` is wrong. */
export function readJointAction(
  actions: unknown,
  manifest: Manifest,
  outOfRange: OutOfRange,
  policy?: Acting,
): { joint: Float32Array; clipped: number } {
  const [N, A] = [manifest.agents.length, manifest.action.dimension]
  const joint = new Float32Array(N * A)
  if (isDictionary(actions)) copyByAgent(actions, manifest, joint, policy)
  else if (actions !== undefined) copyNumbers(actions, [N, A], 'actions', joint)
  else if (!actsForAll(policy)) throw noActionsGiven()
  if (policy) fillIn(joint, manifest, policy)
  return { joint, clipped: keepInside(joint, manifest, outOfRange, 'actions') }
}

function copyByAgent(
  actions: Record<string, unknown>,
  manifest: Manifest,
  joint: Float32Array,
  policy: Acting | undefined,
): void {
  const A = manifest.action.dimension
  const agents = manifest.agents
  let wanted = 0
  for (let agent = 0; agent < agents.length; agent++) {
    if (policy?.agents[agent]) continue
    const { name } = agents[agent]!
    if (!Object.hasOwn(actions, name)) throw missing(name)
    copyNumbers(actions[name], [A], `actions.${name}`, joint, agent * A)
    wanted++
  }
  if (Object.keys(actions).length === wanted) return
  requireKnown(actions, manifest, 'actions')
  throw notAsked(
    agents.find(({ name }, agent) => policy?.agents[agent] && Object.hasOwn(actions, name))!.name,
  )
}

const notAsked = (name: string): DimaError =>
  new DimaError('invalid_request', `actions.${name} is given, but the policy acts for ${name}`, {
    field: `actions.${name}`,
    expected: 'nothing',
    given: 'an action',
  })

const missing = (name: string): DimaError =>
  new DimaError('invalid_request', `actions.${name} is missing`, {
    field: `actions.${name}`,
    expected: 'array',
    given: 'nothing',
  })
