// npm run models -- compare: two versions on the same held-out segments.
import Type from 'typebox'
import { openRepository } from '../../registry/repository.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { compare as compareVersions } from '../comparison/compare.ts'
import { comparisonText } from '../comparison/table.ts'
import { jsonFlag, modelsCommand, modelsFlag } from './command.ts'
import { find } from './find.ts'
import { judgingFlags, sourceOf } from './source.ts'

const CompareFlags = Type.Object(
  { ...modelsFlag, ...jsonFlag, ...judgingFlags },
  { additionalProperties: false },
)

export const compare = modelsCommand(CompareFlags, async ({ models, json, ...flags }, ...references) => {
  const repository = await openRepository(models, KINDS)
  const [current, next] = references.map((reference) => find(repository, reference))
  const source = await sourceOf(next!.manifest, flags)
  try {
    const result = await compareVersions(current!, next!, source, flags)
    console.log(json ? JSON.stringify(result, null, 2) : comparisonText(result))
  } finally {
    await source.close()
  }
})
