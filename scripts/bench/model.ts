// Which model a benchmark is of.
import Type, { type Static } from 'typebox'
import { DimaError } from '../../src/common/errors.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'

export const modelFlags = {
  models: Type.String({ default: 'models', description: 'models folder' }),
  model: Type.String({
    default: '',
    description: 'name, name@version or name@label (default: the only model)',
  }),
}
const ModelFlags = Type.Object(modelFlags)

/** DimaError `unknown_model`; of an empty folder it says why bundles there were refused. */
export async function chooseBundle({ models, model }: Static<typeof ModelFlags>): Promise<Bundle> {
  const repository = await openRepository(models, KINDS)
  if (repository.bundles.length > 0) return repository.resolve(model || undefined)
  const refused = repository.refused.map(({ reference, reason }) => `\n  ${reference}: ${reason}`).join('')
  throw new DimaError('unknown_model', `no model in ${models}: export one, or give --models${refused}`)
}
