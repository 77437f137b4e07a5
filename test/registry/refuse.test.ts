import { mkdir, readFile, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Bundle } from '../../src/registry/load.ts'
import { setLabel } from '../../src/registry/move-label.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, type Loose, modelsFolder, publishTiny } from './fixture.ts'

type Harm = (bundle: Bundle) => Promise<unknown>

const edit =
  (change: (manifest: Loose) => void): Harm =>
  (bundle) =>
    editManifest(bundle, change)

const flipByte: Harm = async ({ directory }) => {
  const path = join(directory, 'embed.onnx')
  const bytes = await readFile(path)
  bytes[3]! ^= 1
  await writeFile(path, bytes)
}

const linkTo =
  (file: string): Harm =>
  async ({ directory }) => {
    await rename(join(directory, file), join(directory, '..', `.moved-${file}`))
    await symlink(`../.moved-${file}`, join(directory, file))
  }

const inside =
  (file: string, task: (path: string) => Promise<unknown>): Harm =>
  ({ directory }) =>
    task(join(directory, file))

const linkFolder: Harm = async ({ directory }) => {
  await rename(directory, join(directory, '..', '.moved'))
  await symlink('.moved', directory)
}

const harms: [string, string, Harm][] = [
  [
    'more options than entries',
    'agent front has choices of more options than actuators',
    edit(({ agents }) => (agents[0].choices = [99])),
  ],
  [
    'bounds of other entries',
    'agent front has bounds of another length',
    edit(({ agents }) => (agents[0].bounds = { low: [0], high: [1, 2] })),
  ],
  [
    'an agent that sees more than there is',
    'agent front observes more than',
    edit(({ agents }) => (agents[0].observed = 999)),
  ],
  ['a missing file', 'embed.onnx is missing', inside('embed.onnx', unlink)],
  ['one flipped byte', 'embed.onnx has another sha256', flipByte],
  ['a longer file', 'card.md has 1 bytes', inside('card.md', (path) => writeFile(path, 'x'))],
  ['a symbolic link', 'decode.onnx is a symbolic link', linkTo('decode.onnx')],
  ['a linked manifest', 'manifest.json is a symbolic link', linkTo('manifest.json')],
  ['a linked version folder', 'is not a folder', linkFolder],
  [
    'a folder for a file',
    'card.md is not a regular file',
    async (bundle) => {
      await inside('card.md', unlink)(bundle)
      await inside('card.md', (path) => mkdir(path))(bundle)
    },
  ],
  ['an unlisted file', 'custom.so is not listed', inside('custom.so', (path) => writeFile(path, 'x'))],
  ['an unlisted hidden file', '.custom is not listed', inside('.custom', (path) => writeFile(path, 'x'))],
  ['no manifest', 'manifest.json is missing', inside('manifest.json', unlink)],
  ['a broken manifest', 'manifest.json is not JSON', inside('manifest.json', (path) => writeFile(path, '{'))],
  [
    'a manifest that is one text without an end', // minutes for who looks for its end again from every quote
    'manifest.json is not JSON',
    inside('manifest.json', (path) => writeFile(path, `{"${'\\"'.repeat(500_000)}`)),
  ],
  [
    'an empty manifest',
    'formatVersion undefined',
    inside('manifest.json', (path) => writeFile(path, 'null')),
  ],
  ['an older format version', 'formatVersion 1, this server reads 2', edit((m) => (m.formatVersion = 1))],
  [
    'a newer format version',
    'formatVersion 4, this server reads 2 without a kind, and 3',
    edit((m) => (m.formatVersion = 4)),
  ],
  ['another kind', 'kind "other", this server has dima, mamba, marie', edit((m) => (m.kind = 'other'))],
  ['a kind that every object has', 'kind "constructor", this', edit((m) => (m.kind = 'constructor'))],
  [
    'a graph that its kind has not',
    'graphs.other is no graph of kind dima',
    edit((m) => (m.graphs.other = { ...m.graphs.embed, file: 'other.onnx' })),
  ],
  ['no step of the reward model', 'rewardStep', edit((m) => delete m.graphs.rewardStep)],
  ['an unknown field', 'manifest.json: unknown field extra', edit((m) => (m.extra = 1))],
  ['an unknown inner field', 'manifest.json.action: unknown field extra', edit((m) => (m.action.extra = 1))],
  ['../ in a file name', 'manifest.json.graphs.embed.file', edit((m) => (m.graphs.embed.file = '../x.onnx'))],
  [
    'an absolute file name',
    'manifest.json.documents.0.file',
    edit((m) => (m.documents[0].file = '/etc/hosts')),
  ],
  ['a file listed twice', 'card.md is listed twice', edit((m) => m.documents.push(m.documents[0]))],
  ['another name inside', 'manifest.json is of other/1', edit((m) => (m.name = 'other'))],
  ['another version inside', 'manifest.json is of bad/2', edit((m) => (m.version = '2'))],
  ['a short mean', 'normalisation.mean has 1 entries, state 4', edit((m) => (m.normalisation.mean = [0]))],
  ['a zero std', 'normalisation.std', edit((m) => (m.normalisation.std[2] = 0))],
  ['agents of one name', 'two agents', edit((m) => (m.agents[1].name = m.agents[0].name))],
  ['an agent that JSON can not name', 'named __proto__', edit((m) => (m.agents[0].name = '__proto__'))],
  ['an agent without a name', 'agent "" has a name', edit((m) => (m.agents[0].name = ''))],
  ['an agent of control characters', 'control characters', edit((m) => (m.agents[0].name = 'a\u001b[2J'))],
  ['half a character', 'control characters', edit((m) => (m.agents[0].name = '\ud800'))],
  ['too many actuators', 'agent front has more', edit((m) => m.agents[0].actuators.push('a'))],
  ['bounds upside down', 'action.low', edit((m) => (m.action.low = 2))],
  ['endless sampling', 'sampling.sequentialSteps', edit((m) => (m.sampling.sequentialSteps = 2e8))],
  ['endless joint sampling', 'sampling.jointSteps', edit((m) => (m.sampling.jointSteps = 1e9))],
  ['an endless horizon', 'manifest.json.horizon', edit((m) => (m.horizon = 1e9))],
  ['an endless context', 'manifest.json.context', edit((m) => (m.context = 1e9))],
  ['wide actions', 'manifest.json.action.dimension', edit((m) => (m.action.dimension = 1e9))],
  ['a crowd', 'manifest.json.agents', edit((m) => (m.agents = Array(5000).fill(m.agents[0])))],
  ['a long state', 'manifest.json.state', edit((m) => (m.state = Array(10_000).fill(m.state[0])))],
  ['a long name', 'manifest.json.agents.0.name', edit((m) => (m.agents[0].name = 'a'.repeat(1e5)))],
  ['a large graph', 'manifest.json.graphs.embed.size', edit((m) => (m.graphs.embed.size = 1e12))],
  [
    'a large document',
    'card.md has 50000000 bytes, at most 4194304',
    edit((m) => (m.documents[0].size = 5e7)),
  ],
  ['too many documents', 'documents', edit((m) => (m.documents = Array(50).fill(m.documents[0])))],
  [
    'numbers that are too large together',
    'the windows of a session: ',
    edit((m) => {
      m.horizon = 1000
      m.state = Array.from({ length: 400 }, (_, i) => ({ name: `q${i}`, unit: 'rad' }))
      for (const which of ['mean', 'std']) m.normalisation[which] = Array(400).fill(1)
    }),
  ],
  [
    'hyperparameters without a bottom',
    'manifest.json is deeper than 32 lists',
    inside('manifest.json', (path) => writeFile(path, `{"hyperparameters": ${'['.repeat(1e5)}`)),
  ],
  ['noise of no size', 'sigmaMin', edit((m) => (m.sampling.sigmaMin = 0))],
  [
    'a tensor of another shape',
    'graphs.decode: output observations is [batch, 2, 12], the dimensions of the manifest say [batch, 2, 6]',
    edit((m) => (m.graphs.decode.outputs[0].shape[2] *= 2)),
  ],
  [
    'a batch of one',
    'graphs.embed: input actions is [1, 3, 2, 3]',
    edit((m) => (m.graphs.embed.inputs[0].shape[0] = 1)),
  ],
  ['a missing tensor', 'output rewards is not there', edit((m) => m.graphs.reward.outputs.shift())],
  [
    'a huge manifest',
    'manifest.json has 1073741824 bytes, at most 1048576 are taken',
    inside('manifest.json', (path) => truncate(path, 2 ** 30)),
  ],
  ['steps that do not divide', 'sequentialSteps 3', edit((m) => (m.sampling.sequentialSteps = 3))],
]

test.each(harms)('refuses a bundle with %s by name while the other is served', async (_, reason, harm) => {
  const models = await modelsFolder()
  const bad = await publishTiny(models, 'bad')
  await publishTiny(models, 'good')
  await harm(bad)
  const { bundles, refused } = await openRepository(models, KINDS)
  expect(bundles.map(({ name }) => name)).toEqual(['good'])
  expect(refused).toHaveLength(1)
  expect(refused[0]!.reference).toBe('bad/1')
  expect(refused[0]!.reason).toContain('bad/1: ')
  expect(refused[0]!.reason).toContain(reason)
  expect(JSON.stringify(refused)).not.toContain(models)
})

test('refuses a linked model folder', async () => {
  const models = await modelsFolder()
  await publishTiny(models, 'good')
  await symlink('good', join(models, 'linked'))
  const { bundles, refused } = await openRepository(models, KINDS)
  expect(bundles.map(({ name }) => name)).toEqual(['good'])
  expect(refused).toEqual([{ reference: 'linked', reason: 'linked: is a symbolic link' }])
})

test('an older version is served when the newer one is refused', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  await flipByte(await publishTiny(models))
  const repository = await openRepository(models, KINDS)
  expect(repository.resolve('tiny').version).toBe('1')
  expect(repository.refused[0]!.reference).toBe('tiny/2')
})

test('refuses huge labels without reading them, and serves the versions', async () => {
  const models = await modelsFolder()
  const { directory } = await publishTiny(models)
  const path = join(directory, '..', 'labels.json')
  await writeFile(path, '{}')
  await truncate(path, 2 ** 30)
  const { bundles, refused } = await openRepository(models, KINDS)
  expect(bundles).toHaveLength(1)
  expect(refused[0]!.reason).toBe('tiny: labels.json has 1073741824 bytes, at most 65536 are taken')
})

test('takes the newest of very many versions, and the labelled one', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  await Promise.all(Array.from({ length: 300 }, (_, i) => mkdir(join(models, 'tiny', `${i + 2}`))))
  const { bundles, refused } = await openRepository(models, KINDS)
  expect(bundles.map(({ version }) => version)).toEqual(['1'])
  expect(refused[0]).toEqual({
    reference: 'tiny',
    reason: 'has 301 versions; the newest 256 are taken, and those with a label',
  })
  expect(refused).toHaveLength(1 + 256)
})

test('ignores what a crashed publisher leaves', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  await mkdir(join(models, 'tiny', '.publishing-x'))
  await writeFile(join(models, 'README.md'), 'models')
  const { bundles, refused } = await openRepository(models, KINDS)
  expect([bundles.length, refused]).toEqual([1, []])
  await rm(models, { recursive: true })
})
