// Blocks of code in documents. A block whose first line says `run`, as in "```sh run", is run by the tests as it stands.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

export interface Block {
  /** file and line */
  place: string
  language: string
  runs: boolean
  text: string
}

const FENCED = /^```(\w+)(?: (run))?\n(.*?)^```$/gms

/** @param file relative to the repository */
export function blocksOf(file: string): Block[] {
  const document = readFileSync(join(ROOT, file), 'utf8')
  return [...document.matchAll(FENCED)].map(({ index, 1: language, 2: run, 3: text }) => ({
    place: `${file}:${document.slice(0, index).split('\n').length}`,
    language: language!,
    runs: run !== undefined,
    text: text!,
  }))
}
