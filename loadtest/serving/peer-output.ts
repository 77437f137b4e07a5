// What hey and wrk print, as findings.
import { sum } from '../../src/common/statistics.ts'
import { type Finding, finding } from './finding.ts'

export function readHey(text: string): Finding[] {
  const responses = [...text.matchAll(/\[(\d{3})\]\s+(\d+) responses/g)]
  const others = responses.filter(([, status]) => status !== '200').map(([, , n]) => Number(n))
  const errors = text.split('Error distribution:')[1] ?? ''
  const failed = [...errors.matchAll(/^\s*\[(\d+)\]/gm)].map(([, n]) => Number(n))
  const within = (share: number) => 1000 * numberIn(text, new RegExp(`${share}% in ([\\d.]+) secs`))
  return [
    finding('hey: rollouts', numberIn(text, /Requests\/sec:\s+([\d.]+)/), 'requests/s'),
    finding('hey: p50', within(50), 'ms'),
    finding('hey: p99', within(99), 'ms'),
    finding('hey: not answered with 200', sum(others) + sum(failed), 'requests', { most: 0 }),
  ]
}

export function readWrk(text: string): Finding[] {
  const broken = [...(/Socket errors: (.*)/.exec(text)?.[1] ?? '').matchAll(/\d+/g)]
  const failed = numberIn(text, /Non-2xx or 3xx responses: (\d+)/, 0) + sum(broken.map(([n]) => Number(n)))
  return [
    finding('wrk: session steps', numberIn(text, /Requests\/sec:\s+([\d.]+)/), 'requests/s'),
    finding('wrk: p50', milliseconds(text, '50%'), 'ms'),
    finding('wrk: p99', milliseconds(text, '99%'), 'ms'),
    finding('wrk: not answered with 2xx', failed, 'requests', { most: 0 }),
  ]
}

const numberIn = (text: string, pattern: RegExp, otherwise = Number.NaN): number =>
  Number(pattern.exec(text)?.[1] ?? otherwise)

const UNITS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 }

function milliseconds(text: string, label: string): number {
  const [, value, unit] = new RegExp(`${label}\\s+([\\d.]+)(us|ms|s|m)\\b`).exec(text) ?? []
  return Number(value) * (UNITS[unit ?? ''] ?? Number.NaN)
}
