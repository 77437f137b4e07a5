// Debian's Prometheus with our own configuration, on a free port of this machine.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { deploy } from './rules.ts'

const installed = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0

/** Why Prometheus can't run here, or undefined. In CI it must run, so there the answer is always undefined. */
export const missingTool: string | undefined =
  process.env.CI || ['prometheus', 'promtool'].every(installed) ? undefined : 'prometheus is not installed'

export interface Answer {
  status: string
  error?: string
  // biome-ignore lint/suspicious/noExplicitAny: each page of the API has its own shape
  data: any
}

/** @param target host:port of the server to scrape. Returns what asks a page of Prometheus' HTTP API. */
export async function startPrometheus(
  target: string,
): Promise<(page: string, query?: Record<string, string>) => Promise<Answer>> {
  const folder = mkdtempSync(join(tmpdir(), 'dima-prometheus-'))
  cpSync(deploy('prometheus/rules.yml'), join(folder, 'rules.yml'))
  writeFileSync(join(folder, 'prometheus.yml'), configurationFor(target))
  const child = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
  ])
  onTestFinished(async () => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  })
  const address = await addressOf(child)
  return async (page, query = {}) =>
    (await fetch(`http://${address}/api/v1/${page}?${new URLSearchParams(query)}`)).json() as Promise<Answer>
}

/** The committed one, in a hurry. */
function configurationFor(target: string): string {
  let text = readFileSync(deploy('prometheus/prometheus.yml'), 'utf8')
  for (const [written, wanted] of [
    ["'127.0.0.1:8080'", `'${target}'`],
    ['scrape_interval: 15s', 'scrape_interval: 200ms'],
    ['evaluation_interval: 15s', 'evaluation_interval: 200ms'],
  ] as const) {
    if (!text.includes(written)) throw new Error(`prometheus.yml has no ${written}`)
    text = text.replace(written, wanted)
  }
  return text
}

/** From its log; with it the API answers. Throws when it stops before, and when there is no such program. */
async function addressOf(child: ChildProcess): Promise<string> {
  const log: string[] = []
  const failed = once(child, 'error').then(([error]) => Promise.reject(error))
  const found = (async () => {
    let address: string | undefined
    for await (const line of createInterface(child.stderr!)) {
      log.push(line)
      address ??= /msg="Listening on" address=(\S+)/.exec(line)?.[1]
      if (address && line.includes('Server is ready to receive web requests')) break
    }
    if (!address) throw new Error(`prometheus stopped:\n${log.join('\n')}`)
    child.stderr!.resume()
    return address
  })()
  return Promise.race([found, failed])
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL') // its data goes away with it
  await exited
}
