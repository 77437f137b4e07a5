// What runs our TypeScript on Node 20: a program as it stands at this moment, whose stacks name lines of its source.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../runs/data.ts'

const run = (file: string) =>
  spawnSync(process.execPath, ['--import', './src/common/typescript.mjs', file], { encoding: 'utf8' })

test('a changed program runs as changed, and its stack names the line', () => {
  const file = join(temporaryFolder(), 'program.ts')
  writeFileSync(file, 'const first: number = 1\nconsole.log(first)\n')
  expect(run(file)).toMatchObject({ status: 0, stdout: '1\n' })
  writeFileSync(
    file,
    'interface Gone {\n  x: number\n}\n\nconst at = (gone: Gone): never => {\n  throw new Error(String(gone.x))\n}\nat({ x: 2 })\n',
  )
  const { status, stderr } = run(file)
  expect(status).toBe(1)
  expect(stderr).toContain('Error: 2')
  expect(stderr).toMatch(/program\.ts:6:9/)
  expect(stderr).toMatch(/program\.ts:8:1/)
})

test('what is no TypeScript is refused by file', () => {
  const file = join(temporaryFolder(), 'program.ts')
  writeFileSync(file, 'const = 1\n')
  const { status, stderr } = run(file)
  expect(status).toBe(1)
  expect(stderr).toContain(`${file}:1:6`)
})

test('a package of many files is read as a few, and what its entries share is there once', () => {
  const program = `
    import Type from 'typebox'
    import Format from 'typebox/format'
    import Value from 'typebox/value'
    Format.Set('ours', (text) => text === 'yes')
    const schema = Type.String({ format: 'ours' })
    console.log(Value.Check(schema, 'yes'), Value.Check(schema, 'no'), import.meta.resolve('typebox'))`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', './src/common/typescript.mjs', '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  )
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^true false .*\/node_modules\/\.cache\/dima\/\w+\/build\/index\.mjs$/m)
})
