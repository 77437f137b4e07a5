import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { evenly, writeFilm } from '../../src/render/write.ts'
import { temporaryFolder } from './scenes.ts'

const frames = (count: number) =>
  Array.from(
    { length: count },
    (_, i) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="18"><rect width="${3 * i + 1}" height="9"/></svg>`,
  )
const options = { delayMs: 40, stripFrames: 4 }

test('a film is its frames, a GIF and a strip, and nothing else is left', async () => {
  const folder = join(temporaryFolder(), 'new', 'film')
  const svgs = frames(10)
  const files = await writeFilm(folder, svgs, options)
  expect(readdirSync(folder).sort()).toEqual(['animation.gif', 'frames', 'strip.png'])
  expect(readdirSync(files.frames).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `000${i}.svg`))
  expect(readFileSync(join(files.frames, '0007.svg'), 'utf8')).toBe(svgs[7])
  expect(await sharp(files.gif, { animated: true }).metadata()).toMatchObject({
    pages: 10,
    width: 32,
    pageHeight: 18,
  })
  expect(await sharp(files.strip).metadata()).toMatchObject({ width: 3 * 32 + 12, height: 2 * 18 + 6 })
})

test('a shorter film takes the place of a longer one; files of others stay', async () => {
  const folder = temporaryFolder()
  await writeFilm(folder, frames(6), options)
  writeFileSync(join(folder, 'frames', 'notes.svg'), 'mine')
  await writeFilm(folder, frames(2), options)
  expect(readdirSync(join(folder, 'frames')).sort()).toEqual(['0000.svg', '0001.svg', 'notes.svg'])
  expect(await sharp(join(folder, 'animation.gif'), { animated: true }).metadata()).toMatchObject({
    pages: 2,
  })
})

test('a folder that can not be made is named', async () => {
  const path = join(temporaryFolder(), 'file')
  writeFileSync(path, '')
  await expect(writeFilm(path, frames(1), options)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(/^out: the folder .*frames can't be made \(ENOTDIR\)$/),
  })
})

test('a file that can not be written is named, and no half of it is left', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'strip.png'))
  await expect(writeFilm(folder, frames(3), options)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(/^out: the file .*strip.png can't be written \(EISDIR\)$/),
  })
  expect(readdirSync(folder).sort()).toEqual(['frames', 'strip.png'])
})

test('frames of a strip are spread evenly with the first and the last', () => {
  const numbers = Array.from({ length: 11 }, (_, i) => i)
  expect(evenly(numbers, 3)).toEqual([0, 5, 10])
  expect(evenly(numbers, 6)).toEqual([0, 2, 4, 6, 8, 10])
  expect(evenly(numbers, 1)).toEqual([10])
  expect(evenly(numbers, 20)).toEqual(numbers)
})
