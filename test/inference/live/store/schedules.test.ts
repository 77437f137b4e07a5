// Whatever happens between two servers and their store, a step id has one answer. SCHEDULES=100000 tries more of them.
import { expect, test } from 'vitest'
import type { StepAnswer } from '../../../../src/inference/live/types.ts'
import { actionOf, create, open } from '../fixture.ts'
import { runSchedule } from './schedules.ts'

const COUNT = Number(process.env.SCHEDULES ?? 400)
/** In which a request of a session's old object asked in the name of its new one. */
const TOLD = [15_579, 10_073]

const numbersOf = ({ stepId, episodeStep, state, observations, reward }: StepAnswer) =>
  JSON.stringify([stepId, episodeStep, [...state], [...observations], reward])

async function undisturbed(): Promise<string[]> {
  const sessions = open()
  const { id } = await create(sessions)
  const answers: string[] = []
  for (let i = 0; i < 6; i++) answers.push(numbersOf(await sessions.step('me', id, actionOf(i))))
  return answers
}

test.each([
  { name: 'calls that pause, are lost or lose their answers, and claims', rolledBack: false },
  { name: 'the same, and a store that loses its latest writes', rolledBack: true },
])(
  'answers of a step id never differ: $name',
  async ({ rolledBack }) => {
    const expected = await undisturbed()
    let rollbacks = 0
    for (const number of [...Array(COUNT / 2).keys(), ...TOLD]) {
      const outcome = await runSchedule(number, rolledBack)
      expect(outcome.faults, `schedule ${number}`).toEqual([])
      const seen = outcome.answers.map(({ stepId }) => stepId)
      expect(new Set(seen), `schedule ${number}`).toEqual(new Set([1, 2, 3, 4, 5, 6]))
      for (const answer of outcome.answers)
        expect(numbersOf(answer), `schedule ${number}, step ${answer.stepId}`).toBe(
          expected[answer.stepId - 1],
        )
      rollbacks += outcome.rollbacks
    }
    expect(rollbacks > 0).toBe(rolledBack)
  },
  3_600_000,
)
