// The browser's part as JavaScript: built code brings it along, source is built when it is first asked for.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const PAGE = new URL('../../page/', import.meta.url)

/** Of the page, the explorer and the worker with MuJoCo, by the names of what is built. */
export const SCRIPTS = {
  'main.js': 'main.tsx',
  'explorer.js': 'explorer/explorer.ts',
  'truth.js': '../playground/truth/worker/worker.ts',
} as const
export type Script = keyof typeof SCRIPTS

/** A file of the page that is served as it is. */
export const readPageFile = (name: string): Promise<Buffer> => readFile(new URL(name, PAGE))

export async function readScript(script: Script): Promise<Buffer> {
  const built = new URL(script, PAGE)
  return existsSync(built) ? readFile(built) : buildScript(script)
}

/** What environments have of Node is for Node: flags of the command line and of V8. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(util|v8)$/ }, ({ path }) => ({ path, namespace: 'node' }))
    onLoad({ filter: /.*/, namespace: 'node' }, () => ({ contents: 'module.exports = {}' }))
  },
}

/** @returns one file without imports, for browsers of the last few years */
export async function buildScript(script: Script): Promise<Buffer> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(SCRIPTS[script], PAGE))],
    bundle: true,
    minify: true,
    write: false,
    format: script === 'truth.js' ? 'esm' : 'iife', // MuJoCo's module finds its other file beside it
    platform: 'browser',
    target: 'es2022',
    external: ['ws', 'module'], // by name at run time, and only in Node
    define: { 'process.versions.v8': '"0"' }, // no flags for this V8
    plugins: [withoutNode],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  })
  return Buffer.from(outputFiles[0]!.contents)
}
