// One network of a world model in training: its objective and how its batches are drawn.
import { taskSpec } from '../../src/env/make-env.ts'
import type { NetworkName } from '../../src/worlds/dima/train/world-model.ts'
import { worldModelBatches } from '../../src/worlds/dima/train/world-model-batches.ts'
import { worldModelObjectives } from '../../src/worlds/dima/train/world-model-objectives.ts'
import { configOf, TASK } from './fixture.ts'

/** The module that lanes of DIMA load. */
export const RECIPES = new URL('../../src/algorithms/dima/recipes.ts', import.meta.url).href

export const trainingOf = (network: NetworkName, config = configOf()) => ({
  objective: worldModelObjectives(taskSpec(TASK), config)[network](),
  draw: worldModelBatches(taskSpec(TASK), config).draw[network],
})
