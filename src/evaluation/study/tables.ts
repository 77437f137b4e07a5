// The study's tables, as Markdown.
import { unalignedTable } from '../../common/markdown.ts'
import { deviation, mean } from '../../common/statistics.ts'
import type { PlanCost } from './plan-costs.ts'
import type { PlanReturns } from './returns.ts'
import type { DenoiserScores } from './study.ts'

const MASKS = { mixed: 'mixed masks', one: 'one agent visible', run: 'the run’s own' }
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** A row a plan: error at every noise of the trained policy, cost, and return at equal data. */
export function summaryTable(
  scores: readonly DenoiserScores[],
  costs: readonly PlanCost[],
  returns: readonly PlanReturns[],
): string {
  const noises = byNoise(scores, 'mixed').length > 1 ? byNoise(scores, 'mixed') : byNoise(scores, 'run')
  const steps = commonSteps(returns)
  const plans = scores[0]?.errors ?? []
  const rows = plans.map(({ plan, name }, i) => [
    plan,
    ...noises.map(({ errors }) => `${errors[i]!.oneStep.toFixed(3)} / ${errors[i]!.horizon.toFixed(2)}`),
    costs.find((cost) => cost.plan === plan)!.cpuMs.toFixed(3),
    plans.findIndex((other) => other.name === name) === i ? returnCell(returns, name, steps) : '–',
  ])
  const errors = noises.map(({ dataSet, masks }) => `error at noise ${dataSet.std}, ${MASKS[masks]}`)
  return unalignedTable([
    ['plan', ...errors, 'processor ms a step', `return at ${steps ?? '–'} steps`],
    ...rows,
  ])
}

/** On data of the trained policy, least noise first: those sets differ in the noise alone. */
export const byNoise = (scores: readonly DenoiserScores[], owner: DenoiserScores['masks']) =>
  scores
    .filter(({ dataSet, masks }) => dataSet.mean === 'policy' && masks === owner)
    .toSorted((a, b) => a.dataSet.std - b.dataSet.std)

/** The last number of steps that every run has come to. */
export function commonSteps(returns: readonly PlanReturns[]): number | undefined {
  const reached = returns.map((group) =>
    group.returns.filter(({ bySeed }) => !bySeed.includes(null)).map(({ steps }) => steps),
  )
  return reached[0]?.findLast((steps) => reached.every((all) => all.includes(steps)))
}

function returnCell(returns: readonly PlanReturns[], plan: string, steps: number | undefined): string {
  const cells = returns
    .filter((group) => group.plan === plan)
    .map(({ masks, returns: curve }) => {
      return `${spread(curve.find((one) => one.steps === steps)?.bySeed ?? [])} (${MASKS[masks]})`
    })
  return cells.join('; ') || '–'
}

/** Every plan on every data set. */
export function errorTable(scores: readonly DenoiserScores[]): string {
  const rows = scores.flatMap(({ dataSet, masks, errors }) =>
    errors.map((error) => [
      dataSet.mean === 'policy' ? 'trained' : 'untrained',
      String(dataSet.std),
      MASKS[masks],
      error.plan,
      error.oneStep.toFixed(4),
      percent(error.oneStepShare),
      error.horizon.toFixed(2),
      percent(error.horizonShare),
    ]),
  )
  const head = ['policy', 'action noise', 'denoiser', 'plan', '1 step', 'of persistence', '15 steps']
  return unalignedTable([[...head, 'of persistence'], ...rows])
}

/** The error of every plan as a multiple of the first one's, on each data set. */
export function ratioTable(scores: readonly DenoiserScores[]): string {
  const plans = scores[0]?.errors ?? []
  const columns = scores.map(({ dataSet, masks }) => `${dataSet.name}, ${MASKS[masks]}`)
  const rows = plans.map(({ plan }, i) => [
    plan,
    ...scores.map(({ errors }) => {
      const [error, base] = [errors[i]!, errors[0]!]
      return `${(error.oneStep / base.oneStep).toFixed(2)} / ${(error.horizon / base.horizon).toFixed(2)}`
    }),
  ])
  return unalignedTable([['plan', ...columns], ...rows])
}

export function dataTable(scores: readonly DenoiserScores[]): string {
  const rows = scores.map(({ dataSet, masks, return: score, losses, updates }) => [
    dataSet.mean === 'policy' ? 'trained' : 'untrained',
    String(dataSet.std),
    score.toFixed(0),
    MASKS[masks],
    String(updates),
    losses.oneVisible.toFixed(4),
    losses.allVisible.toFixed(4),
  ])
  const head = ['policy', 'action noise', 'mean return', 'denoiser', 'updates']
  return unalignedTable([[...head, 'loss, one visible', 'loss, all visible'], ...rows])
}

export function costTable(scores: readonly DenoiserScores[], costs: readonly PlanCost[]): string {
  const first = costs[0]
  const rows = (scores[0]?.errors ?? []).map(({ plan, evaluations, embeddings }) => {
    const cost = costs.find((one) => one.plan === plan)!
    const relative = (cost.cpuMs / first!.cpuMs).toFixed(2)
    return [plan, String(evaluations), String(embeddings), cost.cpuMs.toFixed(3), relative]
  })
  return unalignedTable([
    ['plan', 'denoiser evaluations', 'action embeddings', 'processor ms a step', 'relative'],
    ...rows,
  ])
}

export function returnTable(returns: readonly PlanReturns[]): string {
  const grid = [...new Set(returns.flatMap((group) => group.returns.map(({ steps }) => steps)))].sort(
    (a, b) => a - b,
  )
  const rows = returns.map((group) => [
    group.plan,
    MASKS[group.masks],
    group.seeds.join(', '),
    ...grid.map((steps) => spread(group.returns.find((one) => one.steps === steps)?.bySeed ?? [])),
    group.epochSeconds.toFixed(1),
    group.imagineSeconds.toFixed(1),
    group.cpuSeconds.toFixed(1),
  ])
  const at = grid.map((steps) => `${steps / 1000}k steps`)
  const head = ['plan', 'denoiser', 'seeds', ...at, 's an epoch', 'of them imagining', 'processor s']
  return unalignedTable([head, ...rows])
}

/** Mean and standard deviation over the seeds that have come so far, and how many where some have not. */
export function spread(bySeed: readonly (number | null)[]): string {
  const values = bySeed.filter((value) => value !== null)
  if (values.length === 0) return '–'
  const some = values.length < bySeed.length ? ` (${values.length} of ${bySeed.length})` : ''
  return `${mean(values).toFixed(0)}${values.length > 1 ? ` ± ${deviation(values).toFixed(0)}` : ''}${some}`
}
