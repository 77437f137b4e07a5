// A block of a document, run as it stands but for the port.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Block } from './blocks.ts'

export const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'

/** Long for what takes a second on an idle machine, and half a minute where it trains. */
export const LONGEST_MS = 180_000

/**
 * @param folder where it is run, as from `checkout`
 * @param host address:port of the server that it asks, where documents say 127.0.0.1:8080
 */
export async function paste({ language, text }: Block, folder: string, host = '127.0.0.1:8080') {
  const pasted = text.replaceAll('127.0.0.1:8080', host)
  const [program, ...flags] = language === 'python' ? [PYTHON] : ['bash', '-euo', 'pipefail']
  const child = spawn(program!, [...flags, '-c', pasted], {
    cwd: folder,
    timeout: LONGEST_MS,
    env: { ...process.env, PYTHONPATH: 'clients/python', PYTHONDONTWRITEBYTECODE: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [status] = await once(child, 'close')
  return { status, output }
}
