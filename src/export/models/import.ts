// npm run models -- import: a folder that was downloaded or copied becomes the next version of its model, or nothing does.
import Type from 'typebox'
import { PROOF_LIMITS, proveIn } from '../../inference/executors/proof.ts'
import { readDownloaded } from '../../registry/downloaded.ts'
import { refuse } from '../../registry/files.ts'
import type { Bundle } from '../../registry/load.ts'
import { publish } from '../../registry/publish.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { modelsCommand, modelsFlag } from './command.ts'

const ImportFlags = Type.Object(
  {
    ...modelsFlag,
    name: Type.String({ default: '', description: 'name of the model here; default: the one that it has' }),
  },
  { additionalProperties: false },
)

export const importFolder = modelsCommand(ImportFlags, async ({ models, name }, folder) => {
  const { manifest, files, others } = await readDownloaded(folder!, KINDS)
  const called = name || manifest.name
  const bundle = await publish(
    models,
    KINDS,
    called,
    files,
    (version) => ({ ...manifest, name: called, version }),
    proven,
  )
  if (others.length > 0) console.log(`not listed in its manifest.json, left behind: ${others.join(', ')}`)
  console.log(
    `published ${bundle.name}@${bundle.version} of ${folder}, digest ${bundle.digest.slice(0, 12)}; it was ${manifest.name}/${manifest.version}`,
  )
})

/** As a server proves what it takes up: every graph computes, in a process of its own. */
async function proven(bundle: Bundle): Promise<void> {
  const proof = await proveIn(KINDS, PROOF_LIMITS, { info: () => {} })(bundle)
  if ('reason' in proof) throw refuse(`${bundle.name}/${bundle.version}`, proof.reason)
}
