// The steps of the Dockerfile in a clean folder, since there is no Docker here: what it copies is copied, what it builds is
// built, what it starts is started as another user who can write nothing, and asked by its own health check. Only
// `npm ci` is not run: the packages are those that are installed here.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environmentOf, execForm, last, type Stage, stageOf } from './dockerfile.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const NOBODY = 65534
const [build, run] = [stageOf('build'), stageOf('server')]
const image = mkdtempSync(join(tmpdir(), 'dima-image-'))
const folderOf = ({ name = 'run' }: Stage): string => join(image, name)
const workOf = (stage: Stage): string => join(folderOf(stage), last(stage, 'WORKDIR')!.text)
let server: ChildProcess
let environment: Record<string, string>
let said = ''

function copy(stage: Stage, words: readonly string[]): void {
  const from = words[0] === '--from=build' ? folderOf(build) : ROOT
  const paths = words.filter((word) => !word.startsWith('--'))
  const target = paths.at(-1)!
  for (const path of paths.slice(0, -1)) {
    const place = resolve(workOf(stage), target.startsWith('/') ? join(folderOf(stage), target) : target)
    const to = target.endsWith('/') ? join(place, path) : place
    mkdirSync(dirname(to), { recursive: true })
    cpSync(join(from, path), to, { recursive: true, verbatimSymlinks: true })
  }
}

/** npm ci and npm prune want a network; everything else is run as it stands. */
function shell(stage: Stage, text: string): void {
  const offline = text
    .split(' && ')
    .filter((command) => !/^npm (ci|prune) /.test(command))
    .join(' && ')
  if (!offline) symlinkSync(join(ROOT, 'node_modules'), join(workOf(stage), 'node_modules'))
  else execFileSync('sh', ['-c', offline], { cwd: workOf(stage), stdio: 'pipe' })
}

function carryOut(stage: Stage): void {
  mkdirSync(workOf(stage), { recursive: true })
  for (const { keyword, words, text } of stage.steps) {
    if (keyword === 'COPY') copy(stage, words)
    if (keyword === 'RUN') shell(stage, text)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

beforeAll(async () => {
  for (const stage of [build, run]) carryOut(stage)
  chmodSync(image, 0o755)
  const env = environmentOf(run)
  environment = {
    PATH: process.env.PATH!,
    ...env,
    MODELS: join(folderOf(run), env.MODELS!),
    PORT: String(await freePort()),
    EXECUTORS: '1',
  }
})
afterAll(() => {
  server?.kill('SIGKILL')
  rmSync(image, { recursive: true, force: true })
})

function start(more: Record<string, string>): ChildProcess {
  const [, ...args] = execForm(last(run, 'CMD')!.text)
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn(process.execPath, args, { cwd: workOf(run), env: { ...environment, ...more }, ...user })
  said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  return child
}

const healthy = (): Promise<boolean> => {
  const [, ...args] = execForm(last(run, 'HEALTHCHECK')!.text)
  return promisify(execFile)(process.execPath, args, { env: environment }).then(
    () => true,
    () => false,
  )
}

test('without keys it says what it wants, and ends', { timeout: 30_000 }, async () => {
  const [code] = await once(start({}), 'exit')
  expect(code).toBe(1)
  expect(said).toMatch(/HOST=0\.0\.0\.0 can be reached from other machines.*KEYS.*ALLOW_REMOTE/)
})

test('serves the models of the image until it is told to stop', { timeout: 120_000 }, async () => {
  server = start({ ALLOW_REMOTE: 'true' })
  await expect.poll(healthy, { timeout: 90_000, interval: 500, message: 'healthy' }).toBe(true)
  const page = await fetch(`http://127.0.0.1:${environment.PORT}/assets/main.js`)
  expect((await page.text()).length).toBeGreaterThan(10_000) // built: there is no esbuild in the image
  server.kill('SIGTERM')
  const [code] = await once(server, 'exit')
  expect(code, said).toBe(0)
  expect(await healthy()).toBe(false)
})
