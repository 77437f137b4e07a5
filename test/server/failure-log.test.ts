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
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
  const app = testApp({ logger, runner: { ...noRunner, rollout: () => Promise.reject(error) } })
  problemOf(await rollout(app, goodRequest()), status, code)
  return lines.map((line) => JSON.parse(line))
}

test('our own mistakes are logged as errors, with their stack', async () => {
  expect(await linesOf(new Error('unforeseen'), 500, 'internal')).toMatchObject([
    { level: 50, err: { message: 'unforeseen', stack: expect.stringContaining('failure-log.test.ts') } },
  ])
})

test('what passes is a warning of one line', async () => {
  const late = new DimaError('deadline_exceeded', 'the deadline passed')
  const lines = await linesOf(late, 504, 'deadline_exceeded')
  expect(lines).toMatchObject([{ level: 40, reason: 'the deadline passed' }])
  expect(lines[0]!.err).toBeUndefined()
})
