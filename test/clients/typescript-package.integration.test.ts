// The package dima-client as a stranger gets it: packed, installed in a fresh project without a network, imported in Node,
// compiled against, bundled for a browser and run in one.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { missingBrowser, open, startBrowser } from '../page/browser.ts'
import { startServer, type TestServer } from './server.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKAGE = join(ROOT, 'clients/typescript')
const project = mkdtempSync(join(tmpdir(), 'dima-client-'))
let server: TestServer
let url = ''

/** Not in the way of the server, which is in this process. */
const run = async (program: string, args: string[], cwd = project): Promise<string> =>
  (await promisify(execFile)(program, args, { cwd, timeout: 60_000 })).stdout

/** What a program writes to be first imagined step; the test's model has two agents with three numbers each. */
const program = (address: string): string =>
  [
    "import { DimaClient } from 'dima-client'",
    `const { sessions } = new DimaClient('${address}')`,
    'const { session_id } = await sessions.create({ seed: 7 })',
    'const reply = await sessions.step(session_id, { step_id: 1, actions: [[0.1, 0, 0], [0, 0, 0.2]] })',
  ].join('\n')

beforeAll(async () => {
  server = await startServer()
  url = server.url.replace(/^ws/, 'http')
  const [{ filename }] = JSON.parse(
    // npm test hands down the setting of the project's .npmrc, and packing builds by a script
    await run('npm', ['pack', '--ignore-scripts=false', '--json', '--pack-destination', project], PACKAGE),
  )
  await run('npm', ['init', '--yes'])
  const typebox = `typebox@file:${join(ROOT, 'node_modules/typebox')}`
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`, typebox])
})
afterAll(() => server?.close())

test('brings types, and nothing of servers and training', async () => {
  const files = (await run('tar', ['-tzf', 'dima-client-0.1.0.tgz'])).trim().split('\n')
  expect(files).toContain('package/dist/clients/typescript/index.d.ts')
  expect(files).toContain('package/README.md')
  expect(files).toContain('package/LICENSE')
  expect(
    files.filter(
      (file) => !/^package\/(dist\/(clients\/typescript|src\/(api|client))\/|[A-Za-z.]+$)/.test(file),
    ),
  ).toEqual([])
})

test('gives an imagined step in four lines of Node', async () => {
  writeFileSync(join(project, 'step.mjs'), `${program(url)}\nconsole.log(JSON.stringify(reply))\n`)
  expect(JSON.parse(await run(process.execPath, ['step.mjs']))).toMatchObject({
    step_id: 1,
    reward: expect.any(Number),
  })
})

test('compiles in strict projects, for Node and for browsers, and refuses what is wrong', async () => {
  const compile = (file: string, text: string) => {
    writeFileSync(join(project, file), text)
    const lib = ['--lib', 'es2023,dom,dom.iterable,dom.asynciterable', '--types', '']
    const module = ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2023']
    return run(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '--strict', ...lib, ...module, file])
  }
  const good = `${program(url)}\nconst reward: number = reply.reward\nexport { reward }\n`
  await compile('good.ts', good)
  await expect(compile('bad.ts', good.replace('step_id: 1', 'step_id: "1"'))).rejects.toThrow()
})

test('runs in a browser as a bundle of a few kilobytes', { timeout: 60_000 }, async (context) => {
  const source = `${program('')}\ndocument.title = String(reply.step_id)`.replace(
    "DimaClient('')",
    'DimaClient(location.origin)',
  )
  mkdirSync(join(project, 'browser'), { recursive: true })
  writeFileSync(join(project, 'browser/main.mjs'), source)
  const { outputFiles } = await build({
    entryPoints: [join(project, 'browser/main.mjs')],
    ...{ bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', external: ['ws'] },
  })
  const script = outputFiles[0]!.text
  expect(gzipSync(script).length).toBeLessThan(6000)
  expect(script).not.toMatch(/node:|require\(/)
  context.skip(missingBrowser !== undefined, missingBrowser)
  const browser = await startBrowser()
  try {
    const { page, complaints } = await open(await browser.newContext(), `${url}/healthz`) // a page of the server without a policy
    await page.addScriptTag({ content: script, type: 'module' })
    await expect.poll(() => page.title()).toBe('1')
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]) // the icon that browsers ask for
  } finally {
    await browser.close()
  }
})

test('the versions of all packages are one', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version).toBe(version)
  for (const file of ['clients/python/pyproject.toml', 'clients/python/marl_env/pyproject.toml'])
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain(`\nversion = "${version}"\n`)
})
