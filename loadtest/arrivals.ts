// When requests of an open loop are due: the gaps between them, in milliseconds.
import { Rng } from '../src/common/rng.ts'

export const ARRIVALS = ['poisson', 'even'] as const
export type Arrivals = (typeof ARRIVALS)[number]

/** @param rate requests per second. The same seed gives the same gaps. */
export function gapsOf(arrivals: Arrivals, rate: number, seed = 1): () => number {
  const mean = 1000 / rate
  if (arrivals === 'even') return () => mean
  const rng = new Rng(seed, 'arrivals')
  return () => -mean * Math.log(1 - rng.uniform())
}
