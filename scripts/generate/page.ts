// The last part of npm run build: the page for browsers, into dist/page, where the built server looks for it.
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { buildScript, SCRIPTS, type Script } from '../../src/server/page/build.ts'

const from = new URL('../../src/page/', import.meta.url)
const to = new URL('../../dist/page/', import.meta.url)

await mkdir(new URL('explorer/', to), { recursive: true })
for (const script of Object.keys(SCRIPTS) as Script[])
  await writeFile(new URL(script, to), await buildScript(script))
const FILES = [
  'index.html',
  'style.css',
  'playground.css',
  'icon.svg',
  'explorer/index.html',
  'explorer/explorer.css',
]
for (const file of FILES) await cp(new URL(file, from), new URL(file, to))
