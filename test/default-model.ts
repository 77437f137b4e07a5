// A models folder with the model alone that README's requests mean: a server then proves no other one.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

export const DEFAULT_MODEL = 'halfcheetah-2x3'

const MODELS = resolve(import.meta.dirname, '../models')

export function copyDefaultModel(models: string): void {
  cpSync(join(MODELS, DEFAULT_MODEL), join(models, DEFAULT_MODEL), { recursive: true })
}

/** Gone with the test. */
export function defaultModel(): string {
  const models = mkdtempSync(join(tmpdir(), 'dima-default-'))
  onTestFinished(() => rmSync(models, { recursive: true, force: true }))
  copyDefaultModel(models)
  return models
}
