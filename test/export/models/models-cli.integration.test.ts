// The subcommands of `npm run models` on the shipped models and on folders of tiny ones; the command line as a process.
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseFlags } from '../../../src/common/config.ts'
import type { ModelsCommand } from '../../../src/export/models/command.ts'
import { compare } from '../../../src/export/models/compare.ts'
import { remove } from '../../../src/export/models/delete.ts'
import { label } from '../../../src/export/models/label.ts'
import { list } from '../../../src/export/models/list.ts'
import { rollback } from '../../../src/export/models/rollback.ts'
import { show } from '../../../src/export/models/show.ts'
import { readLabels } from '../../../src/registry/labels.ts'
import { setLabel } from '../../../src/registry/move-label.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { DEFAULT_VERSION } from '../../default-model.ts'
import { modelsFolder, publishTiny } from '../../registry/fixture.ts'

const root = resolve(import.meta.dirname, '../../..')

/** What a command prints. */
async function run(command: ModelsCommand, words: string[], ...flags: string[]): Promise<string> {
  const lines: string[] = []
  const spy = vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line))
  onTestFinished(() => spy.mockRestore())
  await command.run(parseFlags(command.schema, flags), ...words)
  return lines.join('\n')
}

/** Version 2 is stable, 1 was. */
async function twoVersions(): Promise<string> {
  const models = await modelsFolder()
  for (const version of ['1', '2']) {
    await publishTiny(models)
    await setLabel(models, KINDS, 'tiny', 'stable', version)
  }
  return models
}

test('compares the shipped versions: the one with a policy is the better one', {
  timeout: 120_000,
}, async () => {
  const flags = ['--models', join(root, 'models'), '--segments', '20', '--episodes', '1', '--json']
  const references = ['halfcheetah-2x3/1', 'halfcheetah-2x3@stable']
  const { current, next, verdicts } = JSON.parse(await run(compare, references, ...flags))
  expect([current, next]).toEqual(['halfcheetah-2x3/1', `halfcheetah-2x3/${DEFAULT_VERSION}`])
  expect(verdicts[0]).toMatchObject({ measure: 'state error, joint (default)', verdict: 'better' })
  expect(verdicts.at(-1)).toMatchObject({ measure: 'policies', current: 0, next: 1, verdict: 'better' })
})

test('lists what is served and what is refused', async () => {
  const models = await twoVersions()
  const broken = await publishTiny(models)
  await rm(join(broken.directory, 'embed.onnx'))
  const text = await run(list, [], '--models', models)
  expect(text).toMatch(/^\| tiny\/2 +\| stable +\| 0\.0 MB +\| 2026-11-22 +\| 100 +\| 0\.1000/m)
  expect(text).toMatch(/\nrefused:\n {2}tiny\/3: embed\.onnx is missing$/)
  const { versions, refused } = JSON.parse(await run(list, [], '--models', models, '--json'))
  expect([versions.length, refused.length]).toEqual([2, 1])
  await expect(run(show, ['tiny/3'], '--models', models)).rejects.toThrow(
    /^refused: tiny\/3: .*embed\.onnx is missing$/,
  )
})

test('shows a version by name, version or label, and where labels have been', async () => {
  const models = await twoVersions()
  for (const reference of ['tiny', 'tiny/2', 'tiny@2', 'tiny@stable'])
    expect(await run(show, [reference], '--models', models)).toMatch(/tiny\/2 .*\n.*\n\| labels +\| stable /)
  expect(await run(show, ['tiny/1'], '--models', models)).toMatch(/\| earlier +\| stable: 1 /)
})

test('refusals say what there is', async () => {
  const models = await twoVersions()
  const refusal = (command: ModelsCommand, ...words: string[]) =>
    expect(run(command, words, '--models', models)).rejects
  await refusal(show, 'ant').toThrow('no model named ant; there is tiny')
  await refusal(show, 'tiny/9').toThrow(
    'tiny has no version or label 9; there is tiny@1, tiny@2, tiny@stable',
  )
  await refusal(label, 'tiny', 'best').toThrow('tiny is not NAME/VERSION')
  await refusal(label, 'tiny/1', 'stable').toThrow(
    /stays at version 2: they can't be compared: toy-2x3 can't be played/,
  )
  await refusal(rollback, 'tiny', 'best').toThrow('tiny has no label best; it has stable')
  await refusal(remove, 'tiny/2').toThrow('tiny/2 is in use: stable points to it; --force deletes it')
  const none = run(list, [], '--models', join(models, 'none'))
  await expect(none).rejects.toMatchObject({ code: 'invalid_config' })
})

test('rolls back, takes away and deletes', async () => {
  const models = await twoVersions()
  const flags = ['--models', models]
  expect(await run(rollback, ['tiny', 'stable'], ...flags)).toBe('stable of tiny is version 1 (was 2)')
  expect(await run(remove, ['tiny/2'], ...flags)).toBe('deleted tiny/2')
  const away = run(label, ['tiny/1', 'best'], ...flags, '--remove')
  await expect(away).rejects.toThrow('best of tiny points to nothing, not to 1')
  expect(await run(label, ['tiny/1', 'stable'], ...flags, '--remove')).toContain('taken away from version 1')
  expect(await readLabels(models, 'tiny')).toEqual({})
})

test.each([
  [[], 0, /^npm run models -- COMMAND \[flags\]\n {2}list /],
  [
    ['remove'],
    1,
    /^models has no remove; it has list, show, compare, label, rollback, import, export, delete\n$/,
  ],
  [['show', '--models', 'models'], 1, /^usage: npm run models -- show NAME\[\/VERSION\|@LABEL\]\n$/],
] as const)('as a process: %j', { timeout: 60_000 }, async (words, code, text) => {
  const argv = ['--import', './src/common/typescript.mjs', 'src/commands/models.ts', ...words]
  const [given, output] = await new Promise<[number, string]>((done) =>
    execFile(process.execPath, argv, { cwd: root }, (failed, out, error) =>
      done([Number(failed?.code ?? 0), out + error]),
    ),
  )
  expect(given).toBe(code)
  expect(output).toMatch(text)
})
