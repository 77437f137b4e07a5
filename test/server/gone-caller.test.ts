import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { noRunner } from '../inference/fake-runner.ts'
import { actionsOf, fakeRunner, startOf, testApp } from './fixture.ts'

/** Large enough to go out in pieces. */
const request = JSON.stringify({ starts: [startOf(1)], actions: actionsOf(64, 15) })

test('a caller who has gone before the answer is no fault of ours', async () => {
  const lines: { level: number; code?: string; msg: string }[] = []
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  let imagine = () => {}
  const asked = new Promise<void>((begun) => {
    imagine = begun
  })
  let answer = () => {}
  const runner = {
    ...noRunner,
    rollout: async (...given: Parameters<typeof fakeRunner.rollout>) => {
      imagine()
      await new Promise<void>((resolve) => (answer = resolve))
      return fakeRunner.rollout(...given)
    },
  }
  const config = { MAX_BATCH: 64, BODY_LIMIT_BYTES: 1024 * 1024 }
  const app = testApp({ runner, config, logger })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1')
  socket.write(
    'POST /v1/rollout HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${request.length}\r\n\r\n${request}`,
  )
  await asked
  socket.destroy()
  while (!lines.some(({ msg }) => msg === 'request')) await nextTurn()
  answer()
  for (let turn = 0; turn < 100; turn++) await nextTurn()
  expect(lines.filter(({ level }) => level >= 40)).toEqual([])
  expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ code: 'canceled' })
})
