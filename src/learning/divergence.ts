// A network's training stops at the first number that is not finite: what is said then. Losses and gradient norms come
// out of every step, so looking at them costs nothing; parameters are looked at when they are asked for.
import { DimaError } from '../common/errors.ts'
import { firstNonFinite } from '../common/finite.ts'
import type { Feeds } from '../common/tensors.ts'
import { type Bucket, unpackBuckets } from '../graph/train-step.ts'
import type { LearnerState } from './learner.ts'

/** An update that was made. */
export interface Update {
  network: string
  /** 1 for the network's first */
  update: number
  learningRate: number
  /** dotted name of the learning rate among the hyper-parameters */
  rateName?: string | undefined
  batch: Feeds
}

/** DimaError `not_finite` that names network, number and update, and what they may come from. */
export function demandFiniteMetrics(metrics: Readonly<Record<string, number>>, made: Update): void {
  const name = ['loss', 'grad_norm', ...Object.keys(metrics)].find(
    (key) => !Number.isFinite(metrics[key] ?? 0),
  )
  if (name === undefined) return
  const message = `${made.network}: ${name} of update ${made.update} is ${metrics[name]}${causeOf(made)}`
  throw new DimaError('not_finite', message, {
    field: `${made.network}.${name}`,
    given: String(metrics[name]),
  })
}

function causeOf({ batch, learningRate, rateName }: Update): string {
  const { name, value } = largest(batch)
  if (!Number.isFinite(value)) return `: its batch has ${value} in ${name}`
  const rate = `learning rate ${short(learningRate)}`
  return ` (${rate}, largest number of its batch ${short(value)} in ${name})${advice(rateName)}`
}

/** Hyper-parameters belong to a run: another one needs another folder. */
export const advice = (rateName: string | undefined): string =>
  rateName === undefined ? '' : `: try a lower ${rateName} (--set) in another --out, or look at the data`

const short = (value: number): string => String(Number(value.toPrecision(3)))

/** The largest number by its absolute value, or the first that is not finite. */
function largest(batch: Feeds): { name: string; value: number } {
  let found = { name: 'nothing', value: 0 }
  for (const [name, { data }] of Object.entries(batch)) {
    const lost = firstNonFinite(data)
    if (lost >= 0) return { name, value: data[lost]! }
    for (const value of data) if (Math.abs(value) > Math.abs(found.value)) found = { name, value }
  }
  return found
}

const KINDS = { p: '', m: 'the first moment of ', v: 'the second moment of ', a: 'the average of ' } as const

/** DimaError `not_finite` that names network and parameter. */
export function demandFiniteState(
  network: string,
  buckets: Bucket[],
  state: LearnerState,
  rateName: string | undefined,
): void {
  for (const [kind, words] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
    const values = state[kind] ?? []
    if (values.every((bucket) => firstNonFinite(bucket) < 0)) continue
    for (const [name, entries] of unpackBuckets(buckets, values)) {
      const lost = firstNonFinite(entries)
      if (lost < 0) continue
      const message = `${network}: ${words}${name} has ${entries[lost]} after update ${state.updates}${advice(rateName)}`
      throw new DimaError('not_finite', message, {
        field: `${network}.${name}`,
        given: String(entries[lost]),
      })
    }
  }
}
