// npm run models -- export: a version as a folder that hubs of models keep as it is.
import Type from 'typebox'
import { writeFolder } from '../hub-folder.ts'
import { modelsCommand, modelsFlag } from './command.ts'
import { findVersion } from './find.ts'

const ExportFlags = Type.Object(modelsFlag, { additionalProperties: false })

export const exportFolder = modelsCommand(ExportFlags, async ({ models }, reference, folder) => {
  const bundle = await findVersion(models, reference!)
  const count = await writeFolder(bundle, folder!)
  console.log(`${bundle.name}/${bundle.version} is in ${folder}, ${count} files`)
})
