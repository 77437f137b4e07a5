// docs/environments.md against the tasks themselves.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { taskNames, taskSpec } from '../../src/env/make-env.ts'
import { TaskOptions } from '../../src/env/mujoco/task-options.ts'
import { handsTaskNames } from '../../src/env/robots/hands/hands-task.ts'
import { HandsOptions } from '../../src/env/robots/hands/task-names.ts'

const text = readFileSync(resolve(import.meta.dirname, '../../docs/environments.md'), 'utf8')
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))

/** `12`, or `11, 12, 10` where agents differ. */
const observations = (task: string, query: string) => {
  const sizes = taskSpec(`${task}?${query}`).agents.map(({ observationNames }) => observationNames.length)
  return new Set(sizes).size === 1 ? `${sizes[0]}` : sizes.join(', ')
}

test.each(taskNames)('the table of sizes has %s as it is', (name) => {
  const task = name.replace('-v1', '')
  const { agents, stateNames } = taskSpec(task)
  const row = rows.find(([, first]) => first === task)
  expect(row?.slice(2, -1)).toEqual([
    `${agents.length} × ${agents[0]!.actuators.length}`,
    `${stateNames.length}`,
    observations(task, 'observation=raw'),
    observations(task, 'observation=k-hop&hops=0'),
    observations(task, 'observation=k-hop&hops=1'),
  ])
})

test.each(handsTaskNames)('the table of sizes has %s as it is', (name) => {
  const task = name.replace('-mj1', '')
  const { agents, stateNames, episodeLimit } = taskSpec(task)
  const row = rows.find(([, first]) => first === task)
  expect(row?.slice(2, 6)).toEqual([
    `${agents.length} × ${agents[0]!.actuators.length}`,
    `${stateNames.length}`,
    `${agents[0]!.observationNames.length}`,
    `${episodeLimit}`,
  ])
})

test('every option and every value is described', () => {
  const options = { ...TaskOptions.properties, ...HandsOptions.properties }
  for (const [option, field] of Object.entries(options)) {
    expect(text).toContain(`| \`${option}\` |`)
    const values = (field as unknown as { anyOf?: { const: string }[] }).anyOf ?? []
    for (const value of values) expect(text).toMatch(new RegExp(`^\\|.*\\| \`${value.const}\` \\|`, 'm'))
  }
})
