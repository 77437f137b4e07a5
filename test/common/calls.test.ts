// Ask and answer, over a channel that copies what goes through it as channels do.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Answer, Asker, answerTo, type Numbered } from '../../src/common/calls.ts'
import { DimaError } from '../../src/common/errors.ts'

interface Sum {
  numbers: number[]
}

/** Answers are delivered by hand. */
function channel(run: (ask: Sum) => unknown) {
  const answers: Promise<Answer>[] = []
  const asker = new Asker<Sum>((ask) => {
    const received: Numbered<Sum> = structuredClone(ask)
    answers.push(answerTo(received, () => run(received)))
  })
  const deliver = async (i: number) => asker.answered(structuredClone(await answers[i]!))
  return { asker, deliver }
}

const sum = ({ numbers }: Sum): number => numbers.reduce((a, b) => a + b, 0)

test('every answer finds its ask, in whatever order they come', async () => {
  const { asker, deliver } = channel(sum)
  const asked = [asker.ask({ numbers: [1, 2] }), asker.ask({ numbers: [3, 4] }), asker.ask({ numbers: [] })]
  for (const i of [2, 0, 1]) await deliver(i)
  expect(await Promise.all(asked)).toEqual([3, 7, 0])
})

test('an answer of nothing is an answer', async () => {
  const { asker, deliver } = channel(() => undefined)
  const asked = asker.ask({ numbers: [] })
  await deliver(0)
  expect(await asked).toBeUndefined()
})

test('an error of ours keeps its code and details', async () => {
  const { asker, deliver } = channel(() => {
    throw new DimaError('not_finite', 'NaN', { field: 'actions' })
  })
  const asked = asker.ask({ numbers: [] })
  void deliver(0)
  const error = await asked.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DimaError)
  expect(error).toMatchObject({ code: 'not_finite', message: 'NaN', details: { field: 'actions' } })
})

test('an error of the system keeps what it says of the file', async () => {
  const { asker, deliver } = channel(() => readFileSync('/no/such/file'))
  const asked = asker.ask({ numbers: [] })
  void deliver(0)
  const error = await asked.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ENOENT', path: '/no/such/file', syscall: 'open' })
  expect(error).toBeInstanceOf(Error)
})

test('a fault of the program stays one, and says where it happened', async () => {
  const { asker, deliver } = channel(function answering() {
    return (undefined as unknown as Sum).numbers
  })
  const asked = asker.ask({ numbers: [] })
  void deliver(0)
  const error = await asked.catch((thrown: Error) => thrown)
  expect(error).not.toBeInstanceOf(DimaError)
  expect((error as Error).message).toContain('answering')
})

test('the end of the channel fails what is outstanding and what comes after; the first reason counts', async () => {
  const { asker, deliver } = channel(sum)
  const asked = [asker.ask({ numbers: [1] }), asker.ask({ numbers: [2] })]
  await deliver(0)
  asker.end(new Error('it fell'))
  asker.end(new Error('it is gone'))
  expect(await asked[0]).toBe(1)
  await expect(asked[1]).rejects.toThrow('it fell')
  await expect(asker.ask({ numbers: [3] })).rejects.toThrow('it fell')
  await deliver(1) // too late: nobody waits
})
