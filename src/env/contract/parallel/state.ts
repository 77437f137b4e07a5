import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import type { GuardedEnv } from './guarded-env.ts'

export const stateCopies: Check<GuardedEnv> = {
  title: 'state(): a fresh copy of the same numbers until the next step',
  async run(guard) {
    await guard.reset()
    const first = guard.state()
    const copy = first.slice()
    demand(guard.env.state() !== first, 'state()', 'returns the same array twice')
    first.fill(Number.NaN)
    demand(same(guard.state(), copy), 'state()', 'changes when the array returned before is written to')
    await guard.step()
    const second = guard.state()
    demand(same(guard.state(), second), 'state()', 'gives other numbers when it is read twice')
    return undefined
  },
}

const same = (one: Float64Array, other: Float64Array): boolean =>
  one.length === other.length && one.every((value, i) => Object.is(value, other[i]))
