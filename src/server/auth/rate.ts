// How much one key may ask: a token bucket for each. A bucket holds `burst` tokens and gains `rate` a second.
import { DimaError } from '../../common/errors.ts'
import type { Identity } from './scopes.ts'

/** Takes `cost` requests (default 1) from the caller's allowance. Throws DimaError `rate_limited`. */
export type Charge = (caller: Identity, cost?: number) => void

interface Bucket {
  tokens: number
  at: number
}

export interface RateSettings {
  /** requests per second; 0: no limit */
  rate: number
  /** 0: those of one second */
  burst: number
}

/** @param now seconds, steadily rising */
export function rateLimit(settings: RateSettings, now = () => performance.now() / 1000): Charge {
  const buckets = new Map<string, Bucket>() // by key, so there are never many
  return (caller, cost = 1) => {
    const rate = caller.requestsPerSecond ?? settings.rate
    if (rate === 0) return
    const burst = caller.burst ?? (settings.burst || Math.max(1, Math.ceil(rate)))
    const bucket = buckets.get(caller.owner) ?? { tokens: burst, at: now() }
    buckets.set(caller.owner, bucket)
    refill(bucket, rate, burst, now())
    const price = Math.min(cost, burst) // what costs more than a full bucket would never be allowed
    if (bucket.tokens < price) throw limited(caller.owner, (price - bucket.tokens) / rate)
    bucket.tokens -= price
  }
}

function refill(bucket: Bucket, rate: number, burst: number, now: number): void {
  bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * rate)
  bucket.at = now
}

const limited = (owner: string, seconds: number): DimaError =>
  new DimaError('rate_limited', `${owner} asks too often`, {
    retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
  })
