// The documents against the repository: links lead somewhere, paths and commands exist, cited sections have a heading.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const exists = (path: string): boolean => existsSync(join(root, path))

const TREES = [
  'bench',
  'clients',
  'deploy',
  'docs',
  'loadtest',
  'models',
  'openapi',
  'scripts',
  'src',
  'test',
]
const files = [
  ...readdirSync(root).filter((name) => name.includes('.')),
  ...TREES.flatMap((tree) =>
    readdirSync(join(root, tree), { recursive: true, encoding: 'utf8' }).map((path) => `${tree}/${path}`),
  ),
]
const documents = files.filter((file) => file.endsWith('.md'))
const sources = files.filter((file) => /\.(ts|py)$/.test(file))

/** Parts of documents that are meant as written, without blocks of code. */
const prose = (file: string): string => read(file).replace(/^```.*?^```/gms, '')
const headings = (file: string): string[] =>
  [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!)
/** As GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** Every match of every file that is not as it should be, as `file: match`. */
const wrong = (
  among: string[],
  found: (file: string) => string[],
  right: (one: string, file: string) => boolean,
) =>
  among.flatMap((file) =>
    found(file)
      .filter((one) => !right(one, file))
      .map((one) => `${file}: ${one}`),
  )

describe('documents', () => {
  const linksOf = (file: string): string[] =>
    [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^\w+:/.test(link))

  const leads = (link: string, file: string): boolean => {
    const [path = '', place] = link.split('#')
    const target = path ? join(dirname(file), path) : file
    return exists(target) && (!place || headings(target).map(anchor).includes(place))
  }

  /** In code spans: `src/env/`, `docs/errors.md`; not `models/<name>`, nor what commands write. */
  const pathsOf = (file: string): string[] =>
    [...prose(file).matchAll(/`((?:clients|deploy|docs|loadtest|openapi|scripts|src|test)\/[\w./-]*)`/g)].map(
      ([, path]) => path!,
    )

  const { scripts } = JSON.parse(read('package.json')) as { scripts: object }
  const commandsOf = (file: string): string[] =>
    [...read(file).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name]) => name!)

  test('are read', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/method.md', 'src/server/README.md']))
    expect(linksOf('README.md')).toContain('docs/results.md')
    expect(pathsOf('CONTRIBUTING.md')).toContain('src/common/error-table.ts')
    expect(commandsOf('README.md')).toContain('train')
  })

  test('link to what there is', () => expect(wrong(documents, linksOf, leads)).toEqual([]))

  test('name paths that there are', () => expect(wrong(documents, pathsOf, exists)).toEqual([]))

  test('name commands that there are', () =>
    expect(wrong(documents, commandsOf, (name) => name in scripts)).toEqual([]))

  test('are named in sources only if they are there', () => {
    const named = (file: string) => [...read(file).matchAll(/\bdocs\/[\w-]+\.\w+/g)].map(([path]) => path)
    expect(wrong(sources, named, exists)).toEqual([])
  })
})

describe('the README of a room', () => {
  const rooms = readdirSync(join(root, 'src')).map((room) => `src/${room}/README.md`)

  test('is short', () => {
    expect(
      wrong(
        rooms,
        (file) => [read(file)],
        (text) => text.trimEnd().split('\n').length <= 10,
      ),
    ).toEqual([])
  })

  test('begins where there is something to read', () => {
    const starts = (file: string) =>
      [
        ...read(file)
          .split('Start with:')[1]!
          .matchAll(/`(.+?)`/g),
      ].map(([, path]) => path!)
    expect(rooms.flatMap(starts).length).toBeGreaterThanOrEqual(rooms.length)
    expect(wrong(rooms, starts, (path, file) => exists(join(dirname(file), path)))).toEqual([])
  })
})

describe('docs/method.md', () => {
  const sections = headings('docs/method.md').map((heading) => /^\d+(?:\.\d+)?/.exec(heading)?.[0])
  const rows = [
    ...read('docs/method.md')
      .split('## 8.')[1]!
      .matchAll(/^\| ([\d, ]+) \|/gm),
  ].flatMap(([, numbers]) => numbers!.split(', '))

  /** `method.md 2.3, 2.6 and 7.4`; a comment may break the line. */
  const citations = (file: string): string[] =>
    [...unbroken(read(file)).matchAll(/method\.md (\d[\d.]*(?:(?:, and |, | and )\d[\d.]*)*)/g)].flatMap(
      ([, numbers]) => numbers!.split(/, and |, | and /).map((number) => number.replace(/\.$/, '')),
    )
  /** Rows of its table of differences: `method.md 8 (22)`. */
  const rowCitations = (file: string): string[] =>
    [...unbroken(read(file)).matchAll(/method\.md [^)]*?\b8 \((\d+)\)/g)].map(([, row]) => row!)

  test('has every section that is cited', () => {
    const cited = sources.filter((file) => basename(file) !== 'documents.test.ts')
    expect(cited.flatMap(citations).length).toBeGreaterThan(100)
    expect(cited.flatMap(rowCitations).length).toBeGreaterThan(0)
    expect(wrong(cited, citations, (number) => sections.includes(number))).toEqual([])
    expect(wrong(cited, rowCitations, (row) => rows.includes(row))).toEqual([])
  })
})

/** A text whose comments are one line each. */
const unbroken = (text: string): string => text.replace(/\n\s*(?:\/\/|\*|#) ?/g, ' ')
