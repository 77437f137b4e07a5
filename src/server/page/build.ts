// The browser's part as JavaScript: built code brings it along, source is built when it is first asked for.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const PAGE = new URL('../../page/', import.meta.url)

/** Of the page and of the explorer, by the names of what is built. */
export const SCRIPTS = { 'main.js': 'main.tsx', 'explorer.js': 'explorer/explorer.ts' } as const
export type Script = keyof typeof SCRIPTS

/** A file of the page that is served as it is. */
export const readPageFile = (name: string): Promise<Buffer> => readFile(new URL(name, PAGE))

export async function readScript(script: Script): Promise<Buffer> {
  const built = new URL(script, PAGE)
  return existsSync(built) ? readFile(built) : buildScript(script)
}

/** @returns one file without imports, for browsers of the last few years */
export async function buildScript(script: Script): Promise<Buffer> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(SCRIPTS[script], PAGE))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    external: ['ws'], // by name at run time, and only in Node
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  })
  return Buffer.from(outputFiles[0]!.contents)
}
