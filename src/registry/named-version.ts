// Names of models and versions as a person gives them: only what stands in the models folder is ever opened, so that no
// name leads out of it.
import { didYouMean } from '../common/closest.ts'
import { DimaError } from '../common/errors.ts'
import { modelFolders, versionFolders } from './repository.ts'

/** DimaError `unknown_model` with what there is, `invalid_config` when the folder can't be read. */
export async function checkModel(modelsDirectory: string, name: string): Promise<void> {
  await versionsOf(modelsDirectory, name)
}

/** A model folder that is a link would lead out of the models folder, so it is refused here too. */
async function versionsOf(modelsDirectory: string, name: string): Promise<string[]> {
  const models = await modelFolders(modelsDirectory)
  if (!models.includes(name)) throw unknown(`no model named ${name}${didYouMean(name, models)}`, models)
  return versionFolders(modelsDirectory, name)
}

/** A version that may be one that servers refuse. */
export async function checkVersion(modelsDirectory: string, name: string, version: string): Promise<void> {
  const versions = await versionsOf(modelsDirectory, name)
  if (!versions.includes(version)) throw unknown(`${name} has no version ${version}`, versions)
}

const unknown = (message: string, there: readonly string[]): DimaError =>
  new DimaError('unknown_model', `${message}; there is ${there.join(', ') || 'none'}`, { expected: there })
