import { pino } from 'pino'
import { expect, test } from 'vitest'
import { DimaError } from '../../src/common/errors.ts'
import { noRunner } from '../inference/fake-runner.ts'
import { goodRequest, problemOf, rollout, testApp } from './fixture.ts'

async function linesOf(
  error: Error,
  status: number,
  code: string,
): Promise<{ level: number; err?: object }[]> {
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
  const app = testApp({ logger, runner: { ...noRunner, rollout: () => Promise.reject(error) } })
  problemOf(await rollout(app, goodRequest()), status, code)
  return lines.map((line) => JSON.parse(line)).filter(({ level }) => level > 30) // not the line of every request
}

test('our own mistakes are logged as errors, with their stack', async () => {
  expect(await linesOf(new Error('unforeseen'), 500, 'internal')).toMatchObject([
    { level: 50, err: { message: 'unforeseen', stack: expect.stringContaining('failure-log.test.ts') } },
  ])
})

test('what passes is a warning of one line', async () => {
  const lines = await linesOf(new DimaError('executor_failed', 'it stopped'), 503, 'executor_failed')
  expect(lines).toMatchObject([{ level: 40, reason: 'it stopped' }])
  expect(lines[0]!.err).toBeUndefined()
})

test('refusals of an overloaded server are not worth a line each', async () => {
  const lines = await linesOf(new DimaError('overloaded', 'too much work'), 503, 'overloaded')
  expect(lines).toEqual([])
})
