// Every file that a browser may ask for, by its address. Nothing else is ever read: there is no folder that is served.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { readPageFile, readScript } from './build.ts'

export interface PageFile {
  type: string
  bytes: Buffer
  gzipped: Buffer
  etag: string
}

type Source = [type: string, read: () => Promise<Buffer>]

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

const SOURCES: Record<string, Source> = {
  '/': [TYPES.html, () => readPageFile('index.html')],
  '/docs': [TYPES.html, () => readPageFile('explorer/index.html')],
  '/assets/main.js': [TYPES.js, () => readScript('main.js')],
  '/assets/style.css': [TYPES.css, () => readPageFile('style.css')],
  '/assets/icon.svg': [TYPES.svg, () => readPageFile('icon.svg')],
  '/assets/explorer.js': [TYPES.js, () => readScript('explorer.js')],
  '/assets/explorer.css': [TYPES.css, () => readPageFile('explorer/explorer.css')],
  '/assets/swagger-ui.js': [TYPES.js, () => readSwagger('swagger-ui-bundle.js')],
  '/assets/swagger-ui.css': [TYPES.css, () => readSwagger('swagger-ui.css')],
}

export const ADDRESSES = Object.keys(SOURCES)

const files = new Map<string, Promise<PageFile>>()

/** Read, and compressed, when it is first asked for. @param address one of ADDRESSES */
export function pageFile(address: string): Promise<PageFile> {
  const known = files.get(address)
  if (known) return known
  const reading = read(SOURCES[address]!)
  files.set(address, reading)
  reading.catch(() => files.delete(address))
  return reading
}

async function read([type, readBytes]: Source): Promise<PageFile> {
  const bytes = await readBytes()
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  return { type, bytes, gzipped: await promisify(gzip)(bytes, { level: 9 }), etag }
}

const readSwagger = (file: string): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`))
