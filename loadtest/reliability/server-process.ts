// A real server in a process of its own, on a free port of this machine, and what can be seen of it from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseJson } from '../../src/common/json.ts'
import { childrenOf, commandOf } from './processes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Longer than the server's own patience with requests that are running. */
const STOP_MS = 20_000
/** Log lines that are kept: warnings and errors. */
const MOST_LINES = 200
const WARNING = 40

export interface LogLine {
  level: number
  msg: string
  [field: string]: unknown
}

export interface ServerProcess {
  url: string
  pid: number
  /** the latest warnings and errors of its log */
  trouble: LogLine[]
  alive(): boolean
  /** Process ids of its executors at this moment. */
  executors(): number[]
  /** As an operator stops it; its exit code, null when it had to be killed. */
  stop(): Promise<number | null>
}

export interface StartOptions {
  /** the server's settings */
  settings?: Record<string, string>
  /** modules that the server loads before anything else */
  preload?: string[]
  /** another checkout of the project */
  root?: string
}

/** Resolves when the server listens. Throws what it wrote when it ends before that. */
export async function startServer({
  settings = {},
  preload = [],
  root = ROOT,
}: StartOptions = {}): Promise<ServerProcess> {
  const { NODE_OPTIONS = '', ...environment } = process.env
  const options = [NODE_OPTIONS, ...preload.map((module) => `--import=${module}`)].join(' ')
  const env = { ...environment, NODE_OPTIONS: options, HOST: '127.0.0.1', PORT: '0', ...settings }
  const child = spawn(process.execPath, startArguments(root), { cwd: root, env })
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  child.once('exit', () => process.off('exit', killWithUs))
  const { url, trouble } = await listening(child)
  return {
    url,
    pid: child.pid!,
    trouble,
    alive: () => child.exitCode === null && child.signalCode === null,
    executors: () => childrenOf(child.pid!).filter((pid) => commandOf(pid).includes('executor-process')),
    stop: () => stop(child),
  }
}

/** Runs a server for as long as `use` takes. */
export async function withServer<T>(
  options: StartOptions,
  use: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await startServer(options)
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}

/** Of `npm start` in that checkout, without npm and its shell. */
function startArguments(root: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return scripts.start.split(' ').filter((word: string) => !['exec', 'node'].includes(word))
}

/** Its address is in the log. */
function listening(child: ChildProcess): Promise<{ url: string; trouble: LogLine[] }> {
  const trouble: LogLine[] = []
  let written = ''
  child.stderr!.on('data', (data: Buffer) => {
    written = (written + data).slice(-4000)
  })
  return new Promise((found, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${written}`)))
    createInterface(child.stdout!).on('line', (text) => {
      const line = parse(text)
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line.msg) ?? []
      if (url) found({ url, trouble })
      if (line.level < WARNING) return
      trouble.push(line)
      if (trouble.length > MOST_LINES) trouble.shift()
    })
  })
}

/** What the logger did not write counts as a warning. */
const parse = (text: string): LogLine =>
  (parseJson(text) as LogLine | undefined) ?? { level: WARNING, msg: text }

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(impatience)
  return child.exitCode
}
