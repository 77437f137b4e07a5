import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HISTORY_FILE, MOST_REMEMBERED, readHistory, writeHistory } from '../../src/registry/label-history.ts'
import { readLabels, writeLabels } from '../../src/registry/labels.ts'
import { LOCK_FILE, withLock } from '../../src/registry/lock.ts'
import { removeLabel, rollBackLabel, setLabel } from '../../src/registry/move-label.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, modelsFolder, publishTiny } from './fixture.ts'

async function versions(count: number): Promise<string> {
  const models = await modelsFolder()
  for (let i = 0; i < count; i++) await publishTiny(models)
  return models
}

const readJson = async (models: string, file: string) =>
  JSON.parse(await readFile(join(models, 'tiny', file), 'utf8'))

test('sets and moves labels, and labels.json holds nothing but them', async () => {
  const models = await versions(2)
  expect(await setLabel(models, KINDS, 'tiny', 'stable', '1')).toEqual({ from: undefined, to: '1' })
  await setLabel(models, KINDS, 'tiny', 'canary', '2')
  expect(await setLabel(models, KINDS, 'tiny', 'stable', '2')).toEqual({ from: '1', to: '2' })
  expect(await readJson(models, 'labels.json')).toEqual({ stable: '2', canary: '2' })
  expect((await readdir(join(models, 'tiny'))).sort()).toEqual(['1', '2', HISTORY_FILE, 'labels.json'])
})

test('a label needs a name and a version that servers take; refusals say what there is', async () => {
  const models = await versions(1)
  const set = (label: string, version: string, name = 'tiny') => setLabel(models, KINDS, name, label, version)
  await expect(set('stable', '3')).rejects.toMatchObject({ code: 'unknown_model', message: /3; there is 1$/ })
  await expect(set('stable', '..')).rejects.toMatchObject({ code: 'unknown_model' })
  await expect(set('stable', '1', '../tiny')).rejects.toMatchObject({ message: /there is tiny$/ })
  for (const label of ['2', '', 'Stable', 'a/b', '__proto__'])
    await expect(set(label, '1')).rejects.toMatchObject({ code: 'invalid_config' })
  await editManifest(await publishTiny(models), (manifest) => delete manifest.horizon)
  await expect(set('stable', '2')).rejects.toMatchObject({ code: 'invalid_bundle' })
  await symlink(join(models, 'tiny'), join(models, 'linked'))
  await expect(set('stable', '1', 'linked')).rejects.toThrow('linked: is a symbolic link')
  await expect(rollBackLabel(models, KINDS, 'linked', 'stable')).rejects.toThrow('linked: is a symbolic link')
  await symlink(join(models, 'tiny/1'), join(models, 'tiny/7'))
  await expect(set('stable', '7')).rejects.toMatchObject({ code: 'invalid_bundle' })
  expect(await readLabels(models, 'tiny')).toEqual({})
})

test('rolls back step by step, to the beginning', async () => {
  const models = await versions(3)
  for (const version of ['1', '2', '2', '3']) await setLabel(models, KINDS, 'tiny', 'stable', version)
  expect(await rollBackLabel(models, KINDS, 'tiny', 'stable')).toEqual({ from: '3', to: '2' })
  expect(await rollBackLabel(models, KINDS, 'tiny', 'stable')).toEqual({ from: '2', to: '1' })
  await expect(rollBackLabel(models, KINDS, 'tiny', 'stable')).rejects.toMatchObject({
    code: 'unknown_model',
    message: 'stable of tiny is at 1 and was nowhere before',
  })
  await expect(rollBackLabel(models, KINDS, 'tiny', 'best')).rejects.toThrow('no label best; it has stable')
})

test('labels from before there was a history move and roll back', async () => {
  const models = await versions(2)
  await writeFile(join(models, 'tiny/labels.json'), '{"stable":"1"}')
  await setLabel(models, KINDS, 'tiny', 'stable', '2')
  expect(await rollBackLabel(models, KINDS, 'tiny', 'stable')).toEqual({ from: '2', to: '1' })
})

test('a removed label comes back', async () => {
  const models = await versions(1)
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  expect(await removeLabel(models, 'tiny', 'stable')).toEqual({ from: '1', to: undefined })
  expect(await readLabels(models, 'tiny')).toEqual({})
  expect(await rollBackLabel(models, KINDS, 'tiny', 'stable')).toEqual({ from: undefined, to: '1' })
})

test('does not roll back to a version that servers would refuse', async () => {
  const models = await versions(2)
  for (const version of ['1', '2']) await setLabel(models, KINDS, 'tiny', 'stable', version)
  await rm(join(models, 'tiny/1/embed.onnx'))
  await expect(rollBackLabel(models, KINDS, 'tiny', 'stable')).rejects.toMatchObject({
    code: 'invalid_bundle',
  })
  expect(await readLabels(models, 'tiny')).toEqual({ stable: '2' })
})

test('a crash between the two files leaves labels that move back rightly', async () => {
  const models = await versions(3)
  await writeFile(join(models, 'tiny/labels.json'), '{"stable":"2"}')
  await writeFile(join(models, 'tiny', HISTORY_FILE), '{"stable":["1","2"]}')
  expect(await rollBackLabel(models, KINDS, 'tiny', 'stable')).toEqual({ from: '2', to: '1' })
})

test('the history is bounded', async () => {
  const models = await versions(2)
  for (let i = 0; i < 2 * MOST_REMEMBERED + 1; i++)
    await setLabel(models, KINDS, 'tiny', 'stable', `${1 + (i % 2)}`)
  expect((await readJson(models, HISTORY_FILE)).stable).toHaveLength(MOST_REMEMBERED)
})

test('many writers at once lose no label and no history', async () => {
  const models = await versions(2)
  const labels = Array.from({ length: 12 }, (_, i) => `label-${i}`)
  await Promise.all(labels.map((label) => setLabel(models, KINDS, 'tiny', label, '1')))
  expect(Object.keys(await readLabels(models, 'tiny')).sort()).toEqual(labels.sort())
  await Promise.all(labels.map((label) => setLabel(models, KINDS, 'tiny', label, '2')))
  expect(Object.keys(await readJson(models, HISTORY_FILE)).sort()).toEqual(labels.sort())
})

test('a label that has moved since it was looked at stays', async () => {
  const models = await versions(2)
  await setLabel(models, KINDS, 'tiny', 'stable', '2')
  const stale = setLabel(models, KINDS, 'tiny', 'stable', '1', { from: undefined })
  await expect(stale).rejects.toMatchObject({ code: 'label_conflict' })
  expect(await setLabel(models, KINDS, 'tiny', 'stable', '1', { from: '2' })).toEqual({ from: '2', to: '1' })
})

test('waits for another writer, but not for ever', async () => {
  const models = await versions(1)
  const model = join(models, 'tiny')
  let done = () => {}
  const first = withLock(model, () => new Promise<void>((resolve) => (done = resolve)))
  await expect(withLock(model, async () => 'in', 50)).rejects.toThrow(/the model is in use by process \d+/)
  const waiting = setLabel(models, KINDS, 'tiny', 'stable', '1')
  done()
  await first
  expect(await waiting).toEqual({ from: undefined, to: '1' })
  expect(await readdir(model)).not.toContain(LOCK_FILE)
})

test('words of the language are labels like any other', async () => {
  const models = await versions(2)
  expect(await setLabel(models, KINDS, 'tiny', 'constructor', '1')).toEqual({ from: undefined, to: '1' })
  await setLabel(models, KINDS, 'tiny', 'constructor', '2')
  expect(await rollBackLabel(models, KINDS, 'tiny', 'constructor')).toEqual({ from: '2', to: '1' })
})

test('no more labels than can be read again; their history gives way', async () => {
  const models = await versions(1)
  const many = (count: number) => Array.from({ length: count }, (_, i) => `${'l'.repeat(50)}-${i}`)
  await writeLabels(models, 'tiny', Object.fromEntries(many(900).map((label) => [label, '1'])))
  const overfull = Object.fromEntries(many(1100).map((label) => [label, '1']))
  await expect(writeLabels(models, 'tiny', overfull)).rejects.toThrow('tiny has too many labels')
  expect(Object.keys(await readLabels(models, 'tiny'))).toHaveLength(900)
  const versionsOf = Array.from({ length: MOST_REMEMBERED }, (_, i) => `${i + 1}`)
  await writeHistory(models, 'tiny', Object.fromEntries(many(900).map((label) => [label, versionsOf])))
  const kept = Object.values(await readHistory(models, 'tiny'))
  expect(kept).toHaveLength(900)
  expect(kept[0]!.length).toBeLessThan(MOST_REMEMBERED)
  expect(kept[0]!.at(-1)).toBe('16')
  await writeHistory(models, 'tiny', Object.fromEntries(many(2000).map((label) => [label, ['1']])))
  const last = Object.keys(await readHistory(models, 'tiny')).at(-1)
  expect(last).toBe(many(2000).at(-1)) // the latest to move
})
