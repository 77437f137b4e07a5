// Flags of the commands that compare versions.
import Type from 'typebox'
import { deviceFlag } from '../../engine/device-flag.ts'
import { TOLERANCE } from './verdict.ts'

export const comparisonFlags = {
  ...deviceFlag,
  segments: Type.Integer({
    default: 200,
    minimum: 2,
    maximum: 100_000,
    description: 'held-out segments that versions are compared on',
  }),
  episodes: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1000,
    description: 'held-out episodes for each of the two versions',
  }),
  seed: Type.Integer({
    default: 192, // none that evaluations and examples use
    minimum: 0,
    description: 'seed of the episodes, segments and noise of the comparison',
  }),
  tolerance: Type.Number({
    default: TOLERANCE,
    minimum: 0,
    description: 'share by which an error may be larger and still count as equal',
  }),
}
