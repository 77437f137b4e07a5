// Learning rates and how much of a run is done.

export interface ScheduleConfig {
  learningRate: number
  /** updates of linear warm-up */
  warmup: number
  decay: 'constant' | 'cosine'
}

/**
 * The learning rate of an update.
 * @param update 0 for the first
 * @param done share of the run's training that lies behind, 0..1
 */
export function learningRate(
  { learningRate: peak, warmup, decay }: ScheduleConfig,
  update: number,
  done: number,
): number {
  const rise = warmup > 0 ? Math.min(1, (update + 1) / warmup) : 1
  const fall = decay === 'cosine' ? (1 + Math.cos(Math.PI * done)) / 2 : 1
  return peak * rise * fall
}

/** The share of training done at a point between two environment step counts of an epoch; training starts after the warm-up. */
export function shareDone(
  steps: { before: number; after: number; warmup: number; total: number },
  epochShare: number,
) {
  const { before, after, warmup, total } = steps
  const at = before + epochShare * (after - before)
  return Math.min(1, Math.max(0, (at - warmup) / Math.max(1, total - warmup)))
}
