// Which model is meant where none is named.
import type { ModelSummary } from '../api/models.ts'

/** The only one, or the one that has the label `default`; else the first. undefined: none is served. */
export const meantModel = (models: readonly ModelSummary[]): ModelSummary | undefined =>
  models.find(({ versions }) => versions.some(({ labels }) => labels.includes('default'))) ?? models[0]
