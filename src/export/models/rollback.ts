// npm run models -- rollback: a label back to the version that it pointed to before, at once and without a comparison.
import Type from 'typebox'
import { rollBackLabel } from '../../registry/move-label.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { modelsCommand, modelsFlag } from './command.ts'

const RollbackFlags = Type.Object(modelsFlag, { additionalProperties: false })

export const rollback = modelsCommand(RollbackFlags, async ({ models }, name, label) => {
  const { from = 'nowhere', to } = await rollBackLabel(models, KINDS, name!, label!)
  console.log(`${label} of ${name} is version ${to} (was ${from})`)
})
