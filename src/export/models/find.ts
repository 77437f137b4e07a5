// A version as a person names it: `name`, `name/2` or `name@stable`.
import { DimaError } from '../../common/errors.ts'
import { visible } from '../../common/markdown.ts'
import type { Bundle } from '../../registry/load.ts'
import { openRepository, type Refusal, type Repository } from '../../registry/repository.ts'
import { KINDS } from '../../worlds/kinds.ts'

/** DimaError `unknown_model` with what there is, `invalid_bundle` with the reason why it is refused. */
export const findVersion = async (models: string, reference: string): Promise<Bundle> =>
  find(await openRepository(models, KINDS), reference)

export function find(repository: Repository, reference: string): Bundle {
  const written = reference.replace('/', '@')
  try {
    return repository.resolve(written)
  } catch (error) {
    if (!(error instanceof DimaError)) throw error
    throw refusedOf(repository, written) ?? withChoices(error)
  }
}

/** Why a version, or every version of a model, was refused. */
function refusedOf({ refused }: Repository, written: string): DimaError | undefined {
  const exact = refused.filter(({ reference }) => reference.replace('/', '@') === written)
  const all = refused.filter(({ reference }) => reference.split(/[/@]/)[0] === written)
  const found = exact.length > 0 ? exact : all
  if (found.length === 0) return undefined
  return new DimaError('invalid_bundle', `refused: ${found.map(refusalText).join('; ')}`)
}

/** Some reasons begin with what they are about. */
export function refusalText({ reference, reason }: Refusal): string {
  return visible(reason.startsWith(`${reference}: `) ? reason : `${reference}: ${reason}`)
}

function withChoices({ code, message, details }: DimaError): DimaError {
  const there = (details.expected as string[]).join(', ') || 'none'
  return new DimaError(code, `${message}; there is ${there}`, details)
}

/** `name/version` apart, without a look at what there is. */
export function splitReference(reference: string): { name: string; version: string } {
  const [name = '', version = '', ...more] = reference.split('/')
  if (!name || !version || more.length > 0)
    throw new DimaError('invalid_config', `${reference} is not NAME/VERSION, for example ant-2x4/3`)
  return { name, version }
}
