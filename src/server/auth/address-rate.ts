// How often one address may ask for what no key pays for. For each there is only the moment at which its allowance is
// whole again (the generic cell rate algorithm); the addresses that were quiet for longest are forgotten first.
import { isIPv6 } from 'node:net'
import { DimaError } from '../../common/errors.ts'

const MOST_ADDRESSES = 10_000
/** Requests at once after a pause are those of so many seconds. */
const BURST_SECONDS = 2

/** Throws DimaError `rate_limited`. */
export type Visit = (address: string | undefined) => void

/** @param rate requests per second; 0: no limit. @param now seconds, steadily rising */
export function addressRate(rate: number, now = () => performance.now() / 1000): Visit {
  const wholeAt = new Map<string, number>()
  return (address = 'unknown') => {
    if (rate === 0) return
    const key = networkOf(address)
    const at = now()
    const next = Math.max(wholeAt.get(key) ?? at, at) + 1 / rate
    const wait = next - at - Math.max(BURST_SECONDS, 1 / rate)
    if (wait > 1e-9) throw limited(wait)
    wholeAt.delete(key)
    wholeAt.set(key, next)
    const [oldest] = wholeAt.keys()
    if (wholeAt.size > MOST_ADDRESSES) wholeAt.delete(oldest!)
  }
}

/** Whoever has one IPv6 address has all of its /64. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = tail === undefined ? 0 : 8 - before!.length - after!.length
  return [...before!, ...Array<string>(zeros).fill('0'), ...after!].slice(0, 4).join(':')
}

const limited = (seconds: number): DimaError =>
  new DimaError('rate_limited', 'this address asks too often', {
    retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
    hangUp: true,
  })
