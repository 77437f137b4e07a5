// Who acts by the model's own policy in a rollout.
import type { RolloutRequest } from '../../api/rollout.ts'
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import { describe } from '../wire/numbers.ts'

type Policy = NonNullable<Rollout['policy']>

/** Throws DimaError `no_policy`, `unknown_agent`, `invalid_request`. */
export function readPolicy(request: NonNullable<RolloutRequest['policy']>, manifest: Manifest): Policy {
  if (!manifest.graphs.policy)
    throw new DimaError('no_policy', `${manifest.name} has no policy`, { field: 'policy' })
  const names = manifest.agents.map(({ name }) => name)
  for (const [i, name] of (request.agents ?? []).entries()) checkAgent(name, i, request.agents!, names)
  const acts = new Set(request.agents ?? names)
  return { agents: names.map((name) => acts.has(name)), mode: request.mode ?? 'sample' }
}

function checkAgent(name: string, i: number, given: string[], names: string[]): void {
  const field = `policy.agents[${i}]`
  if (!names.includes(name))
    throw new DimaError('unknown_agent', `${field} is no agent of this model`, {
      field,
      expected: names,
      given: describe(name),
    })
  if (given.indexOf(name) < i)
    throw new DimaError('invalid_request', `${field} is named twice`, { field, given: describe(name) })
}

export const actsForAll = (policy: Policy | undefined): boolean => policy?.agents.every(Boolean) ?? false
