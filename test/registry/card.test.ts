import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCard } from '../../src/registry/card.ts'
import { describeFile } from '../../src/registry/files.ts'
import { publish } from '../../src/registry/publish.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { files, manifest, modelsFolder, publishTiny } from './fixture.ts'

const README = '---\nlicense: mit\n---\n# A tiny model\n\n---\n\nwith a line\n'

test('people read the card without what stands in front for programs', async () => {
  const content = files()
  content.delete('card.md')
  content.set('README.md', README)
  const described = manifest('tiny', '1')
  const documents = [describeFile('README.md', README), ...described.documents.slice(1)]
  const bundle = await publish(await modelsFolder(), KINDS, 'tiny', content, (version) => ({
    ...described,
    version,
    documents,
  }))
  expect(await readCard(bundle)).toBe('# A tiny model\n\n---\n\nwith a line\n')
})

test('older bundles have theirs in card.md, and some have none', async () => {
  const bundle = await publishTiny(await modelsFolder())
  expect(await readCard(bundle)).toBe('# A tiny model\n')
  expect(await readCard({ ...bundle, manifest: { ...bundle.manifest, documents: [] } })).toBeUndefined()
  await writeFile(join(bundle.directory, 'card.md'), 'altered')
  await expect(readCard(bundle)).rejects.toMatchObject({ code: 'invalid_bundle' })
})
