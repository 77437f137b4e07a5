import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { locateDataset } from '../../../src/episodes/dataset/locate.ts'
import { temporaryFolder } from '../../runs/data.ts'

const file = resolve(import.meta.dirname, '../../data/minari-dict.hdf5')

/** A data set as Minari keeps it. */
function minari(metadata?: object, folder = 'data'): string {
  const root = temporaryFolder()
  mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(file, join(root, folder, 'main_data.hdf5'))
  if (metadata) writeFileSync(join(root, folder, 'metadata.json'), JSON.stringify(metadata))
  return root
}

test('a file is itself; a folder has main_data.hdf5, or has it in data/', () => {
  expect(locateDataset(file)).toEqual({ file, metadata: {} })
  for (const folder of ['', 'data']) {
    const root = minari({ data_format: 'hdf5', dataset_id: 'x/y-v0' }, folder)
    expect(locateDataset(root)).toEqual({
      file: join(root, folder, 'main_data.hdf5'),
      metadata: { data_format: 'hdf5', dataset_id: 'x/y-v0' },
    })
  }
})

test('the metadata gives the name and the bounds that the file does not', async () => {
  const space = { type: 'Box', low: [-7], high: [9] }
  const root = minari({ dataset_id: 'x/y-v0', action_space: JSON.stringify(space) })
  const dataset = await Dataset.open(root)
  dataset.close()
  expect(dataset.spec).toMatchObject({ name: 'Pulleys-v2', actionLow: -7, actionHigh: 9 })
})

test('another format is refused by name', async () => {
  for (const format of ['arrow', 'parquet'])
    await expect(Dataset.open(minari({ data_format: format }))).rejects.toMatchObject({
      code: 'invalid_dataset',
      message: expect.stringContaining(`is stored as ${format}; write it anew as hdf5`),
      details: { field: 'data_format', expected: 'hdf5', given: format },
    })
  const inside = join(minari({ data_format: 'arrow' }), 'data', 'main_data.hdf5')
  await expect(Dataset.open(inside)).rejects.toThrow('is stored as arrow')
})

test('a folder with nothing in it, and metadata that is no JSON, are refused by name', () => {
  const empty = temporaryFolder()
  expect(() => locateDataset(empty)).toThrow(/^dima-\w+: has no main_data.hdf5, nor has its data\/$/)
  const root = minari()
  writeFileSync(join(root, 'data', 'metadata.json'), '{')
  expect(() => locateDataset(root)).toThrow('metadata.json: is not JSON')
  expect(() => locateDataset(join(root, 'nowhere'))).toThrow('nowhere: there is no such file')
})
