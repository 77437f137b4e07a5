// How a preset trains on episodes that are all there from the start.
import { sum } from '../../common/statistics.ts'
import type { Hyperparameters } from './hyperparameters.ts'

/**
 * All episodes first, then the epochs, whatever the preset says: as many as collecting the same episodes in turn would
 * have had. Nothing leaves the replay, and no episode is worth more than another: the order of a file means nothing.
 * @param lengths of the episodes, in order
 */
export function recordedSchedule(hyper: Hyperparameters, lengths: readonly number[]): Hyperparameters {
  const steps = sum(lengths)
  return {
    ...hyper,
    warmupSteps: 0,
    trainingEpochs: hyper.trainingEpochs || epochsInTurn(hyper, lengths),
    capacity: Math.max(hyper.capacity, steps),
    recency: hyper.recency.map(() => 1 / hyper.recency.length),
  }
}

/** Epochs with updates, each after at least `stepsPerEpoch` steps in whole episodes; at least one. */
function epochsInTurn(
  { stepsPerEpoch, warmupSteps }: Pick<Hyperparameters, 'stepsPerEpoch' | 'warmupSteps'>,
  lengths: readonly number[],
): number {
  let [steps, before, epochs] = [0, 0, 0]
  for (const [i, length] of lengths.entries()) {
    steps += length
    if (steps - before < stepsPerEpoch && i < lengths.length - 1) continue
    before = steps
    if (steps >= warmupSteps) epochs++
  }
  return Math.max(1, epochs)
}

/** The first lengths that make `steps` steps, whole; all of them where they don't. */
export function firstSteps(lengths: readonly number[], steps: number): number[] {
  let sum = 0
  return lengths.filter((length) => {
    const wanted = sum < steps
    sum += length
    return wanted
  })
}
