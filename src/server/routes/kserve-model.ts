// What the routes of the Open Inference Protocol have in common.
import type { Bundle } from '../../registry/load.ts'
import type { Catalog } from '../catalog.ts'
import { PROBLEM_TYPE } from '../plugins/problem.ts'

/** Of a path. */
export interface Named {
  name: string
  version?: string
}

export const kserveProblems = {
  default: { description: 'An error', content: { [PROBLEM_TYPE]: { schema: { $ref: 'KserveProblem#' } } } },
}

/** A version may be a label. Throws DimaError `unknown_model`. */
export const findModel = ({ repository }: Catalog, { name, version }: Named): Bundle =>
  repository.resolve(version === undefined ? name : `${name}@${version}`)
