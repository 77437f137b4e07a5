// A package of hundreds of small files, read as a handful: asking for each of them was a third of what a command takes to
// start. The joined files are made by esbuild when they are first wanted, and stand in the cache beside the compiled ones.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../node_modules/typebox/', import.meta.url)

/** All its entries together, so that they share their parts: a registry is there once. */
const OPTIONS = {
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'node20',
  outExtension: { '.js': '.mjs' },
  outbase: fileURLToPath(ROOT),
  logLevel: 'silent',
}

let joined

/**
 * @param {string} url where Node would read a file of a package
 * @param {URL} cache the folder of what is compiled
 * @returns {Promise<string>} where it stands joined; the same where it is of another package, or nothing can be kept
 */
export async function joinedUrl(url, cache) {
  if (!url.startsWith(ROOT.href)) return url
  joined ??= join(cache).catch(() => ROOT)
  return url.replace(ROOT.href, (await joined).href)
}

/** The folder with the joined files, which is made where it is missing. */
async function join(cache) {
  const about = readFileSync(new URL('package.json', ROOT), 'utf8')
  const key = createHash('sha256')
    .update(JSON.stringify([OPTIONS, about]))
    .digest('hex')
  const folder = new URL(`${key}/`, cache)
  if (!existsSync(folder)) await make(folder, Object.values(JSON.parse(about).exports))
  return folder
}

/** Whole or not at all: others want it meanwhile. */
async function make(folder, entries) {
  const part = new URL(`${folder.href.slice(0, -1)}.${process.pid}.${Math.random()}/`)
  mkdirSync(part, { recursive: true })
  try {
    const { build } = await import('esbuild')
    const entryPoints = entries.map((entry) => fileURLToPath(new URL(entry.import, ROOT)))
    await build({ ...OPTIONS, entryPoints, outdir: fileURLToPath(part) })
    renameSync(part, folder)
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}
