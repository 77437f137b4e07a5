// Whether the models folder has what can be served, and whether that computes here.
import { DimaError } from '../../common/errors.ts'
import type { Prove } from '../../inference/executors/proof.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Repository } from '../../registry/repository.ts'
import { type Finding, ok, warn } from './finding.ts'

/** DimaError `invalid_config` where there is nothing to serve. */
export function modelsFindings(folder: string, repository: Repository): Finding[] {
  const { bundles, refused } = repository
  const bad = refused.map(({ reference, reason }) => warn('models', `${reference} is refused: ${reason}`))
  if (bundles.length === 0)
    throw new DimaError(
      'invalid_config',
      `no model of MODELS=${folder} can be served: npm run models -- list says why, npm run export publishes one`,
    )
  return [ok('models', `${bundles.length} versions of ${repository.names().join(', ')} in ${folder}`), ...bad]
}

/** Asks everything of a model, as the server does before it serves it. */
export async function proofFinding(bundle: Bundle, prove: Prove): Promise<Finding> {
  const began = performance.now()
  const proof = await prove(bundle)
  const name = `${bundle.name}@${bundle.version}`
  if ('reason' in proof) throw new DimaError('invalid_bundle', `${name} is refused: ${proof.reason}`)
  return ok('proof', `${name} imagines here, ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
