// What a bridged environment tells besides: a map from names to arrays with a row for every copy; under an agent's name a
// map of its own. Read for one copy, where there is no other.
import type { Info, PerAgent } from '../parallel-env.ts'
import { isArray, readRows } from './arrays.ts'
import { type Fields, isMap } from './read-message.ts'

/** What is common to all agents stands in each one's info, its own over it. */
export function infosOf(info: Fields | undefined, agents: readonly string[]): PerAgent<Info> {
  const whole = info ?? {}
  const own = (agent: string) => (isMap(whole[agent]) && !isArray(whole[agent]) ? whole[agent] : {})
  const common = Object.entries(whole).filter(([name]) => !agents.includes(name))
  return Object.fromEntries(
    agents.map((agent) => [
      agent,
      Object.fromEntries(
        [...common, ...Object.entries(own(agent))].map(([name, value]) => [name, single(value, name)]),
      ),
    ]),
  )
}

/** The only row of an array: [1] -> a number, [1, ...] -> a flat array. What is no array stays as it is. */
function single(value: unknown, name: string): unknown {
  if (!isArray(value)) return value
  const { numbers, shape } = readRows(value, `info.${name}`, 1)
  return shape.length === 1 ? numbers[0] : numbers
}
