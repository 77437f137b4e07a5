// npm run models -- label: points a label to a version that is not worse than the one it points to, or takes it away.
import Type, { type Static } from 'typebox'
import { DimaError } from '../../common/errors.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { readLabels } from '../../registry/labels.ts'
import { removeLabel } from '../../registry/move-label.ts'
import { checkVersion } from '../../registry/named-version.ts'
import { moveLabel } from '../label-guard.ts'
import { modelsCommand, modelsFlag } from './command.ts'
import { findVersion, splitReference } from './find.ts'
import { judgingFlags, sourceOf } from './source.ts'

const LabelFlags = Type.Object(
  {
    ...modelsFlag,
    force: Type.Boolean({
      default: false,
      description: 'move it to a worse version too, and to one that can not be compared',
    }),
    remove: Type.Boolean({ default: false, description: 'take the label away from the version' }),
    ...judgingFlags,
  },
  { additionalProperties: false },
)
type LabelFlags = Static<typeof LabelFlags>

export const label = modelsCommand(LabelFlags, (flags, reference, label) =>
  (flags.remove ? remove : set)(flags, reference!, label!),
)

async function set({ models, force, remove: _, ...flags }: LabelFlags, reference: string, label: string) {
  const { name, version } = splitReference(reference)
  const next = await findVersion(models, `${name}/${version}`)
  let source: EpisodeSource | undefined
  const open = async () => {
    source = await sourceOf(next.manifest, flags)
    return source
  }
  try {
    await moveLabel({ models, next, label, force, comparison: flags, source: open }, console.log)
  } finally {
    await source?.close()
  }
}

/** Named with its version, so that nobody takes it from a version that they did not mean. */
async function remove({ models }: LabelFlags, reference: string, label: string): Promise<void> {
  const { name, version } = splitReference(reference)
  await checkVersion(models, name, version)
  const { [label]: present = 'nothing' } = await readLabels(models, name)
  if (present !== version)
    throw new DimaError('unknown_model', `${label} of ${name} points to ${present}, not to ${version}`)
  await removeLabel(models, name, label)
  console.log(`${label} of ${name} is taken away from version ${version}`)
}
