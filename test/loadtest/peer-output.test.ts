// Outputs as Debian's hey and wrk printed them.
import { expect, test } from 'vitest'
import { readHey, readWrk } from '../../loadtest/serving/peer-output.ts'

const HEY = `
Summary:
  Total:	1.0008 secs
  Requests/sec:	5194.7483

Response time histogram:
  0.000 [1]	|
  0.001 [4970]	|■■■■■■■■

Latency distribution:
  50% in 0.0002 secs
  95% in 0.0010 secs
  99% in 0.0032 secs

Status code distribution:
  [200]	5199 responses
`

const WRK = `Running 1s test @ http://127.0.0.1:18392/healthz
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   467.87us  814.74us  11.58ms   92.02%
    Req/Sec    14.34k     3.25k   19.01k    70.00%
  Latency Distribution
     50%  257.00us
     90%    0.92ms
     99%    4.16ms
  14233 requests in 1.00s, 6.43MB read
Requests/sec:  14212.04
Transfer/sec:      6.42MB
`

const valuesOf = (findings: { value: number }[]) => findings.map(({ value }) => value)

test('hey: rate, latency, and nothing failed', () => {
  expect(valuesOf(readHey(HEY))).toEqual([5195, 0.2, 3.2, 0])
})

test('hey: other statuses and broken connections have failed', () => {
  const failures = `  [503]	7 responses

Error distribution:
  [3]	Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused
  [2]	Get "http://127.0.0.1:1/": EOF
`
  expect(readHey(HEY + failures).at(-1)).toMatchObject({ value: 12, met: 'no' })
})

test('wrk: rate and latency in whatever unit', () => {
  expect(valuesOf(readWrk(WRK))).toEqual([14212, 0.257, 4.16, 0])
})

test('wrk: other statuses and socket errors have failed', () => {
  const failures = `  Socket errors: connect 1, read 2, write 0, timeout 4
  Non-2xx or 3xx responses: 100
`
  expect(readWrk(WRK + failures).at(-1)).toMatchObject({ value: 107, met: 'no' })
})

test('a figure that was not printed is none', () => {
  expect(readWrk('')[0]!.value).toBeNaN()
  expect(readHey('')[1]!.value).toBeNaN()
})
