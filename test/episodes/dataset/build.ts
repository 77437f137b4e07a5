// Files of recorded episodes as the tests want them, also broken ones.
import { join } from 'node:path'
import { File } from 'h5wasm/node'
import { startHdf5 } from '../../../src/episodes/dataset/hdf5.ts'
import { temporaryFolder } from '../../runs/data.ts'

export interface Array2 {
  data: Float64Array | Float32Array | Int32Array | Uint8Array | string[]
  shape: number[]
  attributes?: Record<string, string | string[] | number>
}
export type Tables = Record<string, Array2 | undefined>

export const table = (rows: number, width: number, value = (i: number) => i / 16): Array2 => ({
  data: Float64Array.from({ length: rows * width }, (_, i) => value(i)),
  shape: [rows, width],
})
export const series = (rows: number, value = (i: number) => i): Array2 => ({
  ...table(rows, 1, value),
  shape: [rows],
})
export const lastFlag = (steps: number, set = true): Array2 =>
  series(steps, (i) => (set && i === steps - 1 ? 1 : 0))

/** A sound episode of two agents and a state. */
export const episode = (name: string, steps = 4): Tables => ({
  [`${name}/observations/agent_0`]: table(steps + 1, 2),
  [`${name}/observations/agent_1`]: table(steps + 1, 2),
  [`${name}/observations/state`]: table(steps + 1, 3),
  [`${name}/actions/agent_0`]: table(steps, 1),
  [`${name}/actions/agent_1`]: table(steps, 1),
  [`${name}/rewards`]: series(steps),
  [`${name}/terminations`]: lastFlag(steps, false),
  [`${name}/truncations`]: lastFlag(steps),
})

/** Three sound episodes, with changes: undefined takes a table away. */
export const changed = (changes: Tables = {}): Tables => ({
  ...episode('episode_0'),
  ...episode('episode_1'),
  ...episode('episode_2'),
  ...changes,
})

export async function build(
  tables: Tables,
  attributes: Record<string, string | number | number[]> = {},
): Promise<string> {
  await startHdf5()
  const path = join(temporaryFolder(), 'built.hdf5')
  const file = new File(path, 'w')
  for (const [name, value] of Object.entries(attributes)) file.create_attribute(name, value)
  for (const [key, content] of Object.entries(tables)) {
    if (!content) continue
    const parts = key.split('/')
    for (let i = 1; i < parts.length; i++) {
      const folder = parts.slice(0, i).join('/')
      if (!file.get(folder)) file.create_group(folder)
    }
    const { data, shape, attributes: own = {} } = content
    const dataset = file.create_dataset({ name: key, data, shape })
    for (const [name, value] of Object.entries(own)) dataset.create_attribute(name, value)
  }
  file.close()
  return path
}
