// A models folder with the model alone that README's requests mean: a server then proves no other one.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

export const DEFAULT_MODEL = 'halfcheetah-2x3'

const MODELS = resolve(import.meta.dirname, '../models')

/** The version that requests without one mean. */
export const DEFAULT_VERSION: string = JSON.parse(
  readFileSync(join(MODELS, DEFAULT_MODEL, 'labels.json'), 'utf8'),
).default

/** @param versions which of them; the label stands on the default one */
export function copyDefaultModel(models: string, versions = readdirSync(join(MODELS, DEFAULT_MODEL))): void {
  for (const part of new Set(['labels.json', ...versions]))
    cpSync(join(MODELS, DEFAULT_MODEL, part), join(models, DEFAULT_MODEL, part), { recursive: true })
}

/** Gone with the test. */
export function defaultModel(versions?: string[]): string {
  const models = mkdtempSync(join(tmpdir(), 'dima-default-'))
  onTestFinished(() => rmSync(models, { recursive: true, force: true }))
  copyDefaultModel(models, versions)
  return models
}
