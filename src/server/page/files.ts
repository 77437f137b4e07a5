// Every file that a browser may ask for, by its address. Nothing else is ever read: there is no folder that is served.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readPageFile, readScript } from './build.ts'
import { PAGE_HEADERS, WORKER_HEADERS } from './policy.ts'

export interface PageFile {
  type: string
  /** what a browser lets it do */
  headers: Record<string, string>
  bytes: Buffer
  etag: string
}

export interface Source {
  type: string
  read(): Promise<Buffer>
  headers?: Record<string, string>
}

const source = (type: string, read: () => Promise<Buffer>): Source => ({ type, read })
const html = (file: string) => source('text/html; charset=utf-8', () => readPageFile(file))
const css = (read: () => Promise<Buffer>) => source('text/css; charset=utf-8', read)
const js = (read: () => Promise<Buffer>) => source('text/javascript; charset=utf-8', read)
const svg = (file: string) => source('image/svg+xml', () => readPageFile(file))

const PAGE: Record<string, Source> = {
  '/': html('index.html'),
  '/docs': html('explorer/index.html'),
  '/assets/main.js': js(() => readScript('main.js')),
  '/assets/style.css': css(() => readPageFile('style.css')),
  '/assets/playground.css': css(() => readPageFile('playground.css')),
  '/assets/icon.svg': svg('icon.svg'),
  '/assets/explorer.js': js(() => readScript('explorer.js')),
  '/assets/explorer.css': css(() => readPageFile('explorer/explorer.css')),
  '/assets/swagger-ui.js': js(() => readPackageFile('swagger-ui-dist/swagger-ui-bundle.js')),
  '/assets/swagger-ui.css': css(() => readPackageFile('swagger-ui-dist/swagger-ui.css')),
}

/** The worker with the true environment; what it loads stands beside it. */
const PLAYGROUND: Record<string, Source> = {
  '/assets/truth.js': { ...js(() => readScript('truth.js')), headers: WORKER_HEADERS },
  '/assets/mujoco.wasm': source('application/wasm', () => readPackageFile('@mujoco/mujoco/mujoco.wasm')),
}

/** What the page itself reads of the setting. */
const [ON, OFF] = ['on', 'off'].map((word) => `<meta name="playground" content="${word}" />`)

const PLAIN: Record<string, Source> = {
  '/': { ...PAGE['/']!, read: async () => Buffer.from(`${await PAGE['/']!.read()}`.replace(ON!, OFF!)) },
}

/** By address. */
export const sourcesOf = (playground: boolean): Record<string, Source> => ({
  ...PAGE,
  ...(playground ? PLAYGROUND : PLAIN),
})

const files = new Map<Source, Promise<PageFile>>()

/** Read when it is first asked for. */
export function pageFile(source: Source): Promise<PageFile> {
  const known = files.get(source)
  if (known) return known
  const reading = read(source)
  files.set(source, reading)
  reading.catch(() => files.delete(source))
  return reading
}

async function read({ type, read, headers = PAGE_HEADERS }: Source): Promise<PageFile> {
  const bytes = await read()
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  return { type, headers, bytes, etag }
}

const readPackageFile = (file: string): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve(file))
