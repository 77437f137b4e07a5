// How a file of TypeScript is loaded: compiled by esbuild when it is first met, and from then on read from a cache.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { joinedUrl } from './joined-package.mjs'

const OPTIONS = {
  loader: 'ts',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  sourcesContent: false,
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
}

/** Beside the packages: whoever may write there may change what runs anyway, and `npm ci` empties it. */
const CACHE = new URL('../../node_modules/.cache/dima/', import.meta.url)

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  return { ...found, url: await joinedUrl(found.url, CACHE) }
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const path = fileURLToPath(url)
  return { format: 'module', source: await compiled(path, readFileSync(path, 'utf8')), shortCircuit: true }
}

async function compiled(path, text) {
  const key = createHash('sha256')
    .update(JSON.stringify([OPTIONS, path, text]))
    .digest('hex')
  const cached = new URL(key, CACHE)
  try {
    return readFileSync(cached, 'utf8')
  } catch {
    const { transform } = await import('esbuild')
    const { code } = await transform(text, { ...OPTIONS, sourcefile: path })
    keep(cached, code)
    return code
  }
}

/** Whole or not at all: others read it meanwhile. A folder that can't be written to costs time alone. */
function keep(cached, code) {
  const part = new URL(`${cached}.${process.pid}.${Math.random()}`)
  try {
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(part, code)
    renameSync(part, cached)
  } catch {}
}
