import { expect, test } from 'vitest'
import { OWN, startsOf } from '../../../src/playground/play/starts.ts'

const offered = (start_states: number) => startsOf({ start_states, examples: [] })

test('the starts of the model itself are offered by how many there are', () => {
  expect(offered(64)).toEqual([{ name: 'one of its 64, by the seed', start: OWN }])
  expect(offered(1)).toEqual([{ name: 'where every episode starts', start: OWN }])
  expect(offered(0)).toEqual([])
})
