// A bundle's folder on a hub of models: what stands in front of its card, out of the folder and back.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { parseFlags } from '../../src/common/config.ts'
import { frontMatter } from '../../src/export/front-matter.ts'
import type { ModelsCommand } from '../../src/export/models/command.ts'
import { exportFolder } from '../../src/export/models/export.ts'
import { importFolder } from '../../src/export/models/import.ts'
import { loadBundle } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { modelsFolder, publishTiny } from '../registry/fixture.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { published } from './fixture.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const has = (module: string) => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0
const without = (module: string) => (has(module) ? '' : ` (skipped: ${PYTHON} has no ${module})`)

beforeAll(useCpu)

async function run(command: ModelsCommand, words: string[], ...flags: string[]): Promise<string> {
  const lines: string[] = []
  const spy = vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line))
  onTestFinished(() => spy.mockRestore())
  await command.run(parseFlags(command.schema, flags), ...words)
  return lines.join('\n')
}

const READ = `
import json, sys
from huggingface_hub import ModelCard
data = ModelCard.load(sys.argv[1]).data
results = [[r.metric_type, r.metric_value, r.task_type, r.dataset_name] for r in data.eval_results]
print(json.dumps([data.library_name, data.license, data.tags, data.model_name, results]))
`

test.skipIf(!has('huggingface_hub'))(
  `huggingface_hub reads the front matter${without('huggingface_hub')}`,
  async () => {
    const { directory } = await published(true)
    const read = execFileSync(PYTHON, ['-c', READ, join(directory, 'README.md')], { encoding: 'utf8' })
    expect(JSON.parse(read)).toEqual([
      'dima',
      'apache-2.0',
      ['world-model', 'multi-agent', 'reinforcement-learning', 'onnx', 'dima', 'HalfCheetah-2x3-v1'],
      'cheetah',
      [
        ['mean_reward', '2490.12 +/- 13.00', 'reinforcement-learning', 'HalfCheetah-2x3-v1'],
        ['l1', 0.1, 'reinforcement-learning', 'HalfCheetah-2x3-v1'],
        ['l1', 0.1, 'reinforcement-learning', 'HalfCheetah-2x3-v1'],
        ['l1', expect.any(Number), 'reinforcement-learning', 'HalfCheetah-2x3-v1'],
      ],
    ])
  },
)

test('names with signs of YAML are quoted', async () => {
  const { manifest } = await published(false)
  const text = frontMatter({ ...manifest, environment: 'a: "b" #c\nd' })
  expect(text).toContain('- "a: \\"b\\" #c\\nd"')
  expect(text.match(/^---$/gm)).toHaveLength(2)
})

test('a version goes out and comes back as the next one, the same to the byte', async () => {
  const models = await modelsFolder()
  const first = await published(true, models)
  const folder = join(await modelsFolder(), 'out')
  await run(exportFolder, ['cheetah', folder], '--models', models)
  expect((await readdir(folder)).sort()).toEqual((await readdir(first.directory)).sort())
  for (const file of await readdir(folder))
    expect(await readFile(join(folder, file)), file).toEqual(await readFile(join(first.directory, file)))
  await writeFile(join(folder, '.gitattributes'), 'of the hub')
  const said = await run(importFolder, [folder], '--models', models)
  expect(said).toMatch(
    /left behind: \.gitattributes\npublished cheetah@2 of .*out, digest .*; it was cheetah\/1/,
  )
  const second = await loadBundle(models, KINDS, 'cheetah', '2')
  expect({ ...second.manifest, version: '1' }).toEqual(first.manifest)
})

test('a card of an older bundle becomes README.md on the way out', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  const folder = join(await modelsFolder(), 'out')
  await run(exportFolder, ['tiny/1', folder], '--models', models)
  expect(await readdir(folder)).not.toContain('card.md')
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toMatch(
    /^---\nlibrary_name: dima\n[\s\S]*\n---\n# A tiny model\n\n## Use\n/,
  )
  await expect(run(exportFolder, ['tiny/1', folder], '--models', models)).rejects.toThrow('is not empty')
})

test('what does not compute is not imported, and leaves nothing', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  const folder = join(await modelsFolder(), 'out')
  await run(exportFolder, ['tiny/1', folder], '--models', models)
  const fresh = await modelsFolder()
  await expect(run(importFolder, [folder], '--models', fresh)).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining('tiny/1: embed.onnx'),
  })
  expect(await readdir(fresh)).toEqual([])
})

test('an altered graph is not imported, another name is taken', async () => {
  const models = await modelsFolder()
  const { directory } = await published(false, models)
  const bytes = await readFile(join(directory, 'embed.onnx'))
  const said = await run(importFolder, [directory], '--models', models, '--name', 'again')
  expect(said).toMatch(/^published again@1 of/)
  bytes[bytes.length - 5]! ^= 1
  await writeFile(join(directory, 'embed.onnx'), bytes)
  await expect(run(importFolder, [directory], '--models', models, '--name', 'third')).rejects.toThrow(
    'third/1: embed.onnx has another sha256 than listed',
  )
  expect((await openRepository(models, KINDS)).names()).toEqual(['again'])
})
