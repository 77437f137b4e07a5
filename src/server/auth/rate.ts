// How much one key may ask for, in imagined steps: a token bucket for each. A bucket holds `burst` steps and gains `rate`
// a second. What costs more than half a full bucket needs it half full and then takes it into debt, which is paid before
// anything else: so large requests are possible beside small ones, and on average nobody gets more than the rate.
import { DimaError } from '../../common/errors.ts'
import type { Identity } from './scopes.ts'

/**
 * Takes `cost` steps (default 1) from the caller's allowance, or gives a negative cost back. `paid` of them have been
 * taken before. Throws DimaError `rate_limited` and takes nothing when there is too little.
 * @returns what is left; undefined where nothing is limited
 */
export type Charge = (caller: Identity, cost?: number, paid?: number) => Allowance | undefined

/** What a caller may still do, in the terms of the RateLimit header fields. */
export interface Allowance {
  /** of a full bucket */
  limit: number
  /** 0 while in debt */
  remaining: number
  /** until the bucket is full */
  resetSeconds: number
}

interface Bucket {
  tokens: number
  at: number
}

export interface RateSettings {
  /** imagined steps a second; 0: no limit */
  rate: number
  /** 0: those of one second */
  burst: number
}

/** @param now seconds, steadily rising */
export function rateLimit(settings: RateSettings, now = () => performance.now() / 1000): Charge {
  const buckets = new Map<string, Bucket>() // by key, so there are never many
  return (caller, cost = 1, paid = 0) => {
    const rate = caller.stepsPerSecond ?? settings.rate
    if (rate === 0) return undefined
    const burst = caller.burst ?? (settings.burst || Math.max(1, Math.ceil(rate)))
    const bucket = buckets.get(caller.owner) ?? { tokens: burst, at: now() }
    buckets.set(caller.owner, bucket)
    refill(bucket, rate, burst, now())
    const lacking = Math.min(cost, Math.max(1, burst / 2)) - paid - bucket.tokens
    if (cost > paid && lacking > 0) throw limited(caller.owner, lacking / rate)
    bucket.tokens -= cost - paid
    return allowanceOf(bucket, rate, burst)
  }
}

function refill(bucket: Bucket, rate: number, burst: number, now: number): void {
  bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * rate)
  bucket.at = now
}

const allowanceOf = ({ tokens }: Bucket, rate: number, burst: number): Allowance => ({
  limit: burst,
  remaining: Math.max(0, Math.floor(tokens)),
  resetSeconds: Math.ceil(Math.max(0, burst - tokens) / rate),
})

const limited = (owner: string, seconds: number): DimaError =>
  new DimaError('rate_limited', `${owner} asks for too much`, {
    retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
  })
