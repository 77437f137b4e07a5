// The judges of the reliability runs must be able to say no.
import { expect, test } from 'vitest'
import { judge as judgeFairness } from '../../loadtest/reliability/fairness.ts'
import { type Fault, scheduleOf } from '../../loadtest/reliability/fleet/faults.ts'
import { compare, judge as judgeFleet } from '../../loadtest/reliability/fleet/report.ts'
import { type Case, caseOf } from '../../loadtest/reliability/fuzz/cases.ts'
import { judge } from '../../loadtest/reliability/fuzz/check.ts'
import { responsesIn } from '../../loadtest/reliability/fuzz/http-parser.ts'
import type { Answer } from '../../loadtest/reliability/fuzz/send.ts'
import { Gap } from '../../loadtest/reliability/gap.ts'
import { growthOf, isFlat } from '../../loadtest/reliability/memory.ts'
import { quantile, sumByKey } from '../../loadtest/reliability/sums.ts'
import type { Problem } from '../../src/api/problem.ts'
import { ERRORS } from '../../src/common/error-table.ts'
import type { ErrorCode } from '../../src/common/errors.ts'

const STRANGER = 'B'.repeat(22)

const asked = { kind: 'http', method: 'GET', path: '/v1/models', headers: {}, body: undefined } as const

const problem = (code: ErrorCode, change: Partial<Problem> = {}): Problem => ({
  type: `urn:dima:error:${code}`,
  status: ERRORS[code].status,
  title: 'title',
  detail: 'detail',
  instance: 'id',
  code,
  hint: 'hint',
  errors: [],
  ...change,
})

const answered = (status: number, body: object, headers: Record<string, string> = {}): Answer => ({
  kind: 'http',
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: Buffer.from(JSON.stringify(body)),
})

const wrongWith = (answer: Answer, one: Case = asked) => judge(one, answer, [STRANGER]).wrong

test('an answer as documented has nothing wrong', () => {
  const answer = answered(400, problem('invalid_request'))
  expect(judge(asked, answer, [STRANGER])).toEqual({ outcome: 'invalid_request', wrong: [] })
  expect(wrongWith(answered(503, problem('overloaded'), { 'retry-after': '1' }))).toEqual([])
})

test.each([
  [
    'an undocumented code',
    answered(400, { ...problem('invalid_request'), code: 'oops' }),
    'not in the table',
  ],
  ['our own mistake', answered(500, problem('internal')), '500 internal'],
  ['a status of another code', answered(404, problem('step_conflict', { status: 404 })), 'with 404'],
  ['two statuses', answered(400, problem('invalid_request', { status: 404 })), 'in the body'],
  ['a field too many', answered(400, { ...problem('invalid_request'), stack: 'x' }), 'not as documented'],
  ['no Retry-After', answered(503, problem('overloaded')), 'Retry-After'],
  ['an error that is no problem', answered(400, {}, { 'content-type': 'text/html' }), 'as text/html'],
  ['a status nobody documents', answered(204, {}), 'not documented'],
  ['no answer', { kind: 'silent' } as const, 'never answered'],
  ['a broken connection', { kind: 'closed', code: undefined } as const, 'closed'],
])('%s is seen', (_, answer, what) => {
  expect(wrongWith(answer).join()).toContain(what)
})

test.each([
  '/home/someone/models',
  'at run (file)',
  'node:internal/x',
  'src/a.ts:3',
  'x/node_modules/y',
  STRANGER,
  process.cwd(),
])('telling %j is seen, but not when the request said it first', (secret) => {
  const answer = answered(400, problem('invalid_request', { detail: `before ${secret} after` }))
  expect(wrongWith(answer).join()).toContain('it tells')
  const echo: Case = { ...asked, body: Buffer.from(secret) }
  expect(wrongWith(answer, echo)).toEqual([])
})

test('a wrong frame is seen', () => {
  const frame: Case = { kind: 'frame', data: Buffer.from('{}'), binary: false }
  const told = (message: object): Answer => ({
    kind: 'frame',
    data: Buffer.from(JSON.stringify(message)),
    binary: false,
  })
  const error = { type: 'error', op: null, id: null, problem: problem('invalid_request') }
  expect(wrongWith(told(error), frame)).toEqual([])
  expect(wrongWith(told({ ...error, id: -1 }), frame)).not.toEqual([])
  expect(wrongWith(told({ type: 'reply', op: 'cancel', id: 1, canceled: 'no' }), frame)).not.toEqual([])
  expect(wrongWith({ kind: 'closed', code: 1011 }, frame)).not.toEqual([])
})

test('a case is a function of its seed and number', () => {
  const known = {
    model: 'm',
    version: '1',
    agents: ['a', 'b'],
    A: 1,
    S: 2,
    O: 2,
    sessionId: 'A'.repeat(22),
    nextStep: 3,
    snapshot: 'AA',
    stranger: STRANGER,
  }
  const cases = (seed: number) => Array.from({ length: 200 }, (_, n) => caseOf(seed, n, known, 'key'))
  expect(cases(1)).toEqual(cases(1))
  expect(cases(1)).not.toEqual(cases(2))
  expect(new Set(cases(1).map(({ kind }) => kind))).toEqual(new Set(['http', 'frame', 'raw']))
})

test('all responses of a connection are read, chunked or not', () => {
  const text =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' +
    'HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\nHTTP/1.1 4'
  const responses = responsesIn(Buffer.from(text)).map(({ status, body }) => [status, body.toString()])
  expect(responses).toEqual([
    [200, 'ok'],
    [400, 'abcd'],
  ])
})

test('a gap is the longest time without a commit since the mark', () => {
  const gap = new Gap(0)
  gap.commit(100)
  gap.mark(250)
  expect([gap.moved, gap.read(260)]).toEqual([false, 10])
  gap.commit(900)
  gap.commit(950)
  expect([gap.moved, gap.read(960)]).toEqual([true, 650])
  expect(gap.read(2000)).toBe(1050)
  gap.mark(2000)
  gap.commit(2030)
  expect(gap.read(2030)).toBe(30)
})

const samples = (memory: (minute: number) => number) =>
  Array.from({ length: 21 }, (_, i) => ({ seconds: 30 * i, serverMiB: memory(i / 2), executorsMiB: [] }))
const growth = (memory: (minute: number) => number) => growthOf(samples(memory), (one) => one.serverMiB, 120)

test('memory that grows for good is seen, a heap that breathes is not', () => {
  expect(growth((minute) => 200 + 4 * minute)).toEqual({ growthMiB: 32, slopeMiBPerMinute: 4, trendMiB: 32 })
  expect(
    isFlat(
      growth((minute) => 200 + 4 * minute),
      20,
    ),
  ).toBe(false)
  expect(
    isFlat(
      growth((minute) => 200 + 2 * minute),
      20,
    ),
  ).toBe(true)
  expect(
    isFlat(
      growth((minute) => 200 + 30 * (Math.round(2 * minute) % 2)),
      20,
    ),
  ).toBe(true)
  expect(
    isFlat(
      growth((minute) => (minute < 2 ? 100 : 300)),
      20,
    ),
  ).toBe(true) // during the warm-up
  expect(() =>
    growthOf(
      samples(() => 1),
      (one) => one.serverMiB,
      590,
    ),
  ).toThrow('too few')
})

test('figures over clients', () => {
  expect(sumByKey([{ a: 1 }, { a: 2, b: 1 }])).toEqual({ a: 3, b: 1 })
  expect([quantile([3, 1, 2, 4], 0.5), quantile([3, 1, 2], 1), quantile([], 0.5)]).toEqual([2, 3, 0])
})

test('fairness is not passed by a server that starves a key, refuses it, or gives more than the rate', () => {
  const share = { firstMs: 300, answered: 9, refused: {}, share: 0.5 }
  const sessions = { a: 2048, refusedAs: 'session_limit', b: 256 }
  const fair = { rollouts: share, steps: share, sessions, rate: { limit: 100, measured: 97 } }
  expect(judgeFairness(fair)).toEqual([])
  const unfair = [
    { ...fair, rollouts: { ...share, firstMs: Number.POSITIVE_INFINITY, answered: 0 } },
    { ...fair, rollouts: { ...share, refused: { overloaded: 1 } } },
    { ...fair, steps: { ...share, share: 0.1 } },
    { ...fair, steps: { ...share, share: Number.NaN } },
    { ...fair, sessions: { ...sessions, refusedAs: 'sessions_full' } },
    { ...fair, rate: { limit: 100, measured: 15_000 } },
  ]
  for (const one of unfair) expect(judgeFairness(one).length).toBeGreaterThan(0)
})

test('faults are a function of the seed, as many of each kind as asked for', () => {
  const counts = { kill: 20, freeze: 3, cut: 6, drain: 1, rollback: 2, restart: 2, wipe: 1 }
  const planned = scheduleOf(1, counts)
  expect(scheduleOf(1, counts)).toEqual(planned)
  expect(scheduleOf(2, counts)).not.toEqual(planned)
  for (const [fault, count] of Object.entries(counts))
    expect(planned.filter((one) => one.fault === fault)).toHaveLength(count)
  const ways = (kind: Fault) => planned.filter(({ fault }) => fault === kind).map(({ way }) => way)
  expect(ways('cut').sort()).toEqual(['delay', 'delay', 'drop', 'drop', 'hang', 'hang'])
  expect(ways('restart').sort()).toEqual(['always', 'everysec'])
  expect(ways('kill')[0]).toBeUndefined()
})

test('a fleet does not pass with a step too few or too many, another bit, or a long silence', () => {
  const same = compare([[[1, -0]]], [[[1, -0]]])
  expect(same).toEqual({ unequal: 0, deviation: 0 })
  expect(compare([[[1], [3]]], [[[1], [3 + 2 ** -50]]]).unequal).toBe(1)
  expect(compare([[[1], [3]]], [[[1]]]).unequal).toBe(1)
  const gapMs = { p50: 60, p99: 900, max: 1900 }
  const common = { servers: 3, sessions: 1, seconds: 9, steps: 2, lost: 0, twice: 0, rewound: 0 }
  const clean = { ...common, refused: {}, ...same }
  const good = { ...clean, faults: { kill: { count: 1, gapMs } } }
  expect(judgeFleet(good, 2000)).toEqual([])
  const bad = [{ lost: 1 }, { twice: 1 }, { unequal: 1 }]
  for (const change of bad) expect(judgeFleet({ ...good, ...change }, 2000)).toHaveLength(1)
  expect(judgeFleet(good, 1800)).toHaveLength(1)
})
