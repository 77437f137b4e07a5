// Code is written once: no long run of equal lines stands in two places of what the project runs.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** Lines that may stand again: headers, short tables and signatures do. */
const MOST_EQUAL = 20
const ROOT = resolve(import.meta.dirname, '..')

interface Line {
  place: string
  text: string
}

const sources = ['src', 'scripts', 'loadtest']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(ROOT, folder, name),
    ),
  )
  .filter((path) => /\.(ts|mjs|py|c|lua)$/.test(path))

/** Without blank lines and imports, which may go over several lines. */
function linesOf(name: string, source: string): Line[] {
  const hidden = source.replaceAll(/^import\b[^'"]*['"][^'"]*['"]$/gm, (found) =>
    found.replaceAll(/[^\n]/g, ''),
  )
  return hidden
    .split('\n')
    .map((line, i) => ({ place: `${name}:${i + 1}`, text: line.trim() }))
    .filter(({ text }) => text !== '')
}

/** Places of which each begins a run of `count` lines that stand elsewhere, before or after it. */
function repeats(files: readonly (readonly Line[])[], count: number): string[] {
  const first = new Map<string, string>()
  const found: string[] = []
  for (const lines of files)
    for (let i = 0; i + count <= lines.length; i++) {
      const run = lines
        .slice(i, i + count)
        .map(({ text }) => text)
        .join('\n')
      const before = first.get(run)
      if (before === undefined) first.set(run, lines[i]!.place)
      else found.push(`${before} ~ ${lines[i]!.place}`)
    }
  return found
}

test('no run of more than 20 equal lines stands in two places', () => {
  expect(sources.length).toBeGreaterThan(700)
  const files = sources.map((path) => linesOf(relative(ROOT, path), readFileSync(path, 'utf8')))
  expect(repeats(files, MOST_EQUAL + 1)).toEqual([])
})

test('the reader of lines sees repetition, whatever the indentation, but not in imports', () => {
  const body = Array.from({ length: 21 }, (_, i) => `call(${i})`)
  const imports = `import {\n${Array.from({ length: 30 }, (_, i) => `  name${i},`).join('\n')}\n} from './names.ts'\n`
  const a = linesOf('a.ts', `${imports}\n${body.join('\n')}\n`)
  const b = linesOf('b.ts', `${imports}function f() {\n${body.map((line) => `  ${line}`).join('\n\n')}\n}\n`)
  expect(repeats([a, b], 21)).toEqual(['a.ts:34 ~ b.ts:34'])
  expect(repeats([a, b.toSpliced(11, 1)], 21)).toEqual([])
  expect(repeats([[...a, ...a]], 21)).toEqual(['a.ts:34 ~ a.ts:34'])
})
