// Who acts by the model's own policy, in rollouts and in live steps.
import type { Policy } from '../../api/policy.ts'
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { type Acting, writeRest } from '../../worlds/acting.ts'
import { describe } from '../wire/numbers.ts'

/** Throws DimaError `no_policy`, `unknown_agent`, `invalid_request`. */
export function readPolicy(request: Policy, manifest: Manifest): Acting {
  if (!manifest.graphs.policy)
    throw new DimaError('no_policy', `${manifest.name} has no policy`, { field: 'policy' })
  return { agents: agentsNamed(request.agents, manifest, 'policy.agents'), mode: request.mode ?? 'sample' }
}

/** [N] which agents a list names; without a list all. Throws DimaError `unknown_agent`, `invalid_request`. */
export function agentsNamed(
  given: string[] | undefined,
  { agents }: Pick<Manifest, 'agents'>,
  field: string,
): boolean[] {
  const names = agents.map(({ name }) => name)
  for (const [i, name] of (given ?? []).entries())
    checkAgent(name, `${field}[${i}]`, given!.slice(0, i), names)
  const meant = new Set(given ?? names)
  return names.map((name) => meant.has(name))
}

function checkAgent(name: string, field: string, before: string[], names: string[]): void {
  if (!names.includes(name))
    throw new DimaError('unknown_agent', `${field} is no agent of this model`, {
      field,
      expected: names,
      given: describe(name),
    })
  if (before.includes(name))
    throw new DimaError('invalid_request', `${field} is named twice`, { field, given: describe(name) })
}

export const actsForAll = (policy: Acting | undefined): boolean => policy?.agents.every(Boolean) ?? false

/** The same for agents of a policy whatever was given, inside their space: a step is repeated by what matters of it. */
export function fillIn(joint: Float32Array, manifest: Manifest, { agents }: Acting): void {
  const A = manifest.action.dimension
  for (let start = 0; start < joint.length; start += A) {
    const agent = (start / A) % agents.length
    if (agents[agent]) writeRest(manifest, agent, joint, start)
  }
}
