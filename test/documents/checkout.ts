// A folder like a fresh checkout in which commands may write, and a server of its models.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyDefaultModel } from '../default-model.ts'
import { ROOT } from './blocks.ts'

/** What commands write, besides git's own folder. */
const WRITTEN = ['runs', 'report', '.git']

/**
 * Links to everything, but for the models, which commands may publish to.
 * @param models false: the folder is empty, so that a server has only what is published
 */
export function checkout({ models = true } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'dima-checkout-'))
  for (const name of readdirSync(ROOT))
    if (name === 'models' && !models) mkdirSync(join(folder, name))
    else if (name === 'models') copyDefaultModel(join(folder, name))
    else if (!WRITTEN.includes(name)) symlinkSync(join(ROOT, name), join(folder, name))
  return folder
}

export interface Served {
  /** address:port */
  host: string
  stop(): Promise<void>
}

/** `npm start` in that folder, on a free port. */
export async function startIn(folder: string): Promise<Served> {
  const env = { ...process.env, PORT: '0', EXECUTORS: '1' }
  const server = spawn(
    process.execPath,
    ['--import', './src/common/typescript.mjs', 'src/commands/start.ts'],
    { cwd: folder, env },
  )
  let said = ''
  server.stderr.on('data', (chunk) => (said += chunk))
  for await (const chunk of server.stdout) {
    said += chunk
    const host = /listening at http:\/\/([\d.]+:\d+)/.exec(said)?.[1]
    if (host) return { host, stop: () => end(server) }
  }
  throw new Error(`the server stopped: ${said}`)
}

async function end(server: ChildProcess): Promise<void> {
  server.stdout!.resume()
  server.kill()
  if (server.exitCode === null) await once(server, 'exit')
}

export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })
