// The scores of a run, as npm run evaluate left them.
import { existsSync, readFileSync } from 'node:fs'
import { DimaError } from '../common/errors.ts'
import type { Scores, WeightType } from '../registry/scores.ts'
import { RunFolder } from '../runs/run-folder.ts'

/** DimaError `invalid_config` where there are none, or they are of other weights than are published. */
export function readScores(run: string, weights: WeightType): Scores {
  const path = new RunFolder(run).file('evaluation.json')
  const evaluate = `npm run evaluate -- --run ${run} --weights ${weights}`
  if (!existsSync(path)) throw new DimaError('invalid_config', `${run} is not evaluated: ${evaluate}`)
  const scores: Scores = JSON.parse(readFileSync(path, 'utf8'))
  const { weights: scored = 'float32' } = scores // those from before weights were rounded
  if (scored !== weights)
    throw new DimaError('invalid_config', `${run} is evaluated with ${scored} weights: ${evaluate}`, {
      field: 'weights',
      expected: scored,
      given: weights,
    })
  return scores
}
