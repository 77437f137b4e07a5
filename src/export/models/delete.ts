// npm run models -- delete: a version out of the models folder; running servers forget it at their next look.
import Type from 'typebox'
import { deleteVersion } from '../../registry/delete-version.ts'
import { modelsCommand, modelsFlag } from './command.ts'
import { splitReference } from './find.ts'

const DeleteFlags = Type.Object(
  {
    ...modelsFlag,
    force: Type.Boolean({
      default: false,
      description: 'also a version that a label points to or would roll back to',
    }),
  },
  { additionalProperties: false },
)

export const remove = modelsCommand(DeleteFlags, async ({ models, force }, reference) => {
  const { name, version } = splitReference(reference!)
  const labels = await deleteVersion(models, name, version, { force })
  const lost = labels.length > 0 ? `, and with it the label ${labels.join(', ')}` : ''
  console.log(`deleted ${name}/${version}${lost}`)
})
