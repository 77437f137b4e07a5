// Folders as hubs and their clients leave them.
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDownloaded } from '../../src/registry/downloaded.ts'
import { describeFile } from '../../src/registry/files.ts'
import { loadBundle } from '../../src/registry/load.ts'
import { publish } from '../../src/registry/publish.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { files, manifest, modelsFolder } from './fixture.ts'

const README = '# A tiny model\n'

/** A published model whose card is README.md, and a copy of its folder. */
async function downloaded(): Promise<{ models: string; folder: string }> {
  const models = await modelsFolder()
  const content = files()
  content.delete('card.md')
  content.set('README.md', README)
  const described = manifest('tiny', '1')
  const documents = [describeFile('README.md', README), ...described.documents.slice(1)]
  await publish(models, KINDS, 'tiny', content, () => ({ ...described, documents }))
  const folder = join(await modelsFolder(), 'download')
  await cp(join(models, 'tiny/1'), folder, { recursive: true })
  return { models, folder }
}

test('what the manifest lists is read, what else lies there is told', async () => {
  const { folder } = await downloaded()
  await mkdir(join(folder, '.cache'))
  await writeFile(join(folder, '.gitattributes'), '*.onnx filter=lfs')
  await writeFile(join(folder, 'notes.txt'), 'x')
  const { manifest: read, files: found, others } = await readDownloaded(folder, KINDS)
  expect([...found.keys()].sort()).toEqual([
    'README.md',
    'decode.onnx',
    'denoise.onnx',
    'embed.onnx',
    'examples.json',
    'reward-step.onnx',
    'reward.onnx',
  ])
  expect([read.name, read.version, [...others].sort()]).toEqual([
    'tiny',
    '1',
    ['.cache', '.gitattributes', 'notes.txt'],
  ])
})

test('files may be links, as in the cache of a client', async () => {
  const { folder } = await downloaded()
  await rename(join(folder, 'embed.onnx'), join(folder, '..', 'blob'))
  await symlink('../blob', join(folder, 'embed.onnx'))
  const { files: found } = await readDownloaded(folder, KINDS)
  expect(Buffer.from(found.get('embed.onnx')!).toString()).toBe('bytes of embed')
})

test('a card that was edited on the hub is taken as it is', async () => {
  const { folder } = await downloaded()
  const edited = '---\nlicense: mit\n---\nmine\n'
  await writeFile(join(folder, 'README.md'), edited)
  const { manifest: read } = await readDownloaded(folder, KINDS)
  expect(read.documents[0]).toEqual(describeFile('README.md', edited))
})

test.each([
  ['no manifest', 'manifest.json', undefined, 'manifest.json is missing'],
  ['a page in its place', 'manifest.json', '<html>', 'manifest.json is not JSON'],
  ['a missing graph', 'denoise.onnx', undefined, 'denoise.onnx is missing'],
  ['a pointer', 'embed.onnx', 'version https://git-lfs.github.com/spec/v1', 'embed.onnx'],
  ['a graph that is too long', 'embed.onnx', 'x'.repeat(99), 'embed.onnx has 99 bytes, at most 14'],
])('%s is refused by folder and file', async (_, file, content, reason) => {
  const { folder } = await downloaded()
  await rm(join(folder, file))
  if (content !== undefined) await writeFile(join(folder, file), content)
  await expect(readDownloaded(folder, KINDS)).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining(`${folder}: ${reason}`),
  })
})

test('a pointer of Git LFS is told from a damaged file', async () => {
  const { folder } = await downloaded()
  const long = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  long.graphs.embed.size = 1000
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(long))
  await writeFile(join(folder, 'embed.onnx'), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n')
  await expect(readDownloaded(folder, KINDS)).rejects.toThrow('git lfs pull brings it')
})

test('the version folder of a download is served as it is', async () => {
  const { models, folder } = await downloaded()
  await rm(join(models, 'tiny/1'), { recursive: true })
  await mkdir(join(folder, '.cache/huggingface'), { recursive: true })
  await writeFile(join(folder, '.gitattributes'), 'x')
  await rename(folder, join(models, 'tiny/1'))
  expect((await loadBundle(models, KINDS, 'tiny', '1')).version).toBe('1')
})
