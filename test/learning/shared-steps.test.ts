import { expect, test } from 'vitest'
import type { Engine } from '../../src/learning/engines/engine.ts'
import { SharedSteps } from '../../src/learning/shared-steps.ts'

test('a step is compiled once for all who name it so, and released with the last of them', async () => {
  const log: string[] = []
  const engine: Engine = async ({ name }) => {
    log.push(`compiled ${name}`)
    return { run: async () => ({}), release: async () => void log.push(`released ${name}`) }
  }
  const shared = new SharedSteps()
  const open = (name: string, step: string) =>
    shared.engine(engine, step)({ name, parameters: [], inputs: [], loss: () => ({}) as never, clipNorm: 1 })
  const [one, other, apart] = await Promise.all([open('a', 'actor'), open('b', 'actor'), open('c', 'critic')])
  expect(log).toEqual(['compiled a', 'compiled c'])
  await one.release()
  await apart.release()
  expect(log.slice(2)).toEqual(['released c'])
  await other.release()
  expect(log.slice(3)).toEqual(['released a'])
  await open('d', 'actor')
  expect(log.at(-1)).toBe('compiled d')
})
