// Numbers that were never written are no data, however they would have been stored. Files of h5py: test/data/datasets.py.
import { resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sizeOf } from '../../../src/common/tensors.ts'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { Hdf5File } from '../../../src/episodes/dataset/hdf5.ts'

const at = (name: string) => resolve(import.meta.dirname, '../../data', name)

async function open(name: string): Promise<Hdf5File> {
  const file = await Hdf5File.open(at(name))
  onTestFinished(() => file.close())
  return file
}

const problemOf = (file: Hdf5File, key: string): string | undefined => {
  try {
    file.numbers(key)
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_dataset', details: { field: key } })
    return (error as Error).message
  }
}

const CHUNKS: Record<string, [shape: number[], chunk: number[]]> = {
  single: [[4], [4]],
  fixed: [
    [20, 3],
    [3, 2],
  ],
  pages: [[1200], [1]],
  extensible: [[120], [1]],
  extensible_pages: [[140_000], [1]],
  tree: [
    [30, 20],
    [2, 2],
  ],
}

test.each(['earliest', 'latest'])('what was written in no chunk, or not in all, by %s', async (version) => {
  const file = await open(`storage-${version}.hdf5`)
  const path = `storage-${version}.hdf5`
  for (const [name, [shape, chunk]] of Object.entries(CHUNKS)) {
    const all = sizeOf(shape.map((length, i) => Math.ceil(length / chunk[i]!)))
    for (const key of [name, `${name}_gzip`]
      .filter((group) => file.kind(group))
      .flatMap((group) => file.keys(group).map((own) => `${group}/${own}`))) {
      const written = file.attribute(key, 'chunks') as number
      const said =
        written === 0
          ? 'was never written'
          : `was written in part: ${all - written} of ${all} chunks never were`
      expect(problemOf(file, key)).toBe(written === all ? undefined : `${path}: ${key}: ${said}`)
    }
  }
  expect(problemOf(file, 'contiguous/none')).toBe(`${path}: contiguous/none: was never written`)
  expect([problemOf(file, 'contiguous/all'), problemOf(file, 'linked')]).toEqual([undefined, undefined])
})

test('what is in another file, whether that is there or not', async () => {
  for (const version of ['earliest', 'latest']) {
    const file = await open(`storage-${version}.hdf5`)
    expect(problemOf(file, 'elsewhere/beside')).toContain(
      'beside: has its numbers in another file, tuples.hdf5',
    )
    expect(problemOf(file, 'elsewhere/around')).toContain(
      'around: has its numbers in another file, tuples.hdf5',
    )
    expect(problemOf(file, 'elsewhere/raw')).toContain('raw: has its numbers in another file')
    expect(problemOf(file, 'elsewhere/gone')).toContain('gone: has its numbers in another file, gone.hdf5')
  }
  const latest = await open('storage-latest.hdf5')
  expect(problemOf(latest, 'elsewhere/virtual')).toContain(
    'virtual: has its numbers in another file, gone.hdf5',
  )
})

test('an episode with an array that was only named is refused', async () => {
  await expect(Dataset.open(at('unwritten.hdf5'))).rejects.toMatchObject({
    code: 'invalid_dataset',
    message: 'unwritten.hdf5: episode_2/observations/a: was never written',
  })
})
