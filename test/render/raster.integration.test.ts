import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { gif, png, strip } from '../../src/render/raster.ts'
import { putJson, temporaryFolder } from './scenes.ts'

const COLOURS = ['#c8553d', '#1f9e89', '#4a86c5', '#d4a72c', '#52667a', '#a33bd6', '#101820']
const plain = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="27"><rect width="48" height="27" fill="${colour}"/></svg>`
const frames = () => Promise.all(COLOURS.map((colour) => png(plain(colour))))

/** The colour at a place of a picture, as `#rrggbb`. */
async function colourAt(image: Sharp, left: number, top: number): Promise<string> {
  const pixel = await image.removeAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer()
  return `#${pixel.toString('hex')}`
}

test('a frame has the size and the colours of its SVG', async () => {
  const [first] = await frames()
  expect(await sharp(first).metadata()).toMatchObject({
    format: 'png',
    width: 48,
    height: 27,
    hasAlpha: false,
  })
  expect(await colourAt(sharp(first), 20, 10)).toBe(COLOURS[0])
})

test('a GIF has a page for every frame, plays for ever and rests at the end', async () => {
  const film = await gif(await frames(), 50)
  expect(await sharp(film, { animated: true }).metadata()).toMatchObject({
    format: 'gif',
    width: 48,
    pageHeight: 27,
    pages: 7,
    loop: 0,
    delay: [50, 50, 50, 50, 50, 50, 1000],
  })
  for (const [page, colour] of COLOURS.entries())
    expect(await colourAt(sharp(film, { page }), 20, 10)).toBe(colour)
})

test('a frame that equals the one before has its time', async () => {
  const [first] = await frames()
  const film = await gif([first!, first!, first!], 50)
  expect(await sharp(film, { animated: true }).metadata()).toMatchObject({ pages: 3, delay: [50, 50, 1000] })
})

test('a strip has the frames from left to right, then from the top down', async () => {
  const picture = await strip(await frames(), 3)
  expect(await sharp(picture).metadata()).toMatchObject({
    format: 'png',
    width: 3 * 48 + 2 * 6,
    height: 3 * 27 + 2 * 6,
  })
  for (const [i, colour] of COLOURS.entries())
    expect(await colourAt(sharp(picture), (i % 3) * 54 + 20, Math.floor(i / 3) * 33 + 10)).toBe(colour)
  expect(await colourAt(sharp(picture), 50, 10)).toBe('#ffffff')
})

test('one frame is a film and a strip', async () => {
  const [first] = await frames()
  expect(await sharp(await gif([first!], 40)).metadata()).toMatchObject({ width: 48, height: 27 })
  expect(await sharp(await strip([first!], 3)).metadata()).toMatchObject({ width: 48, height: 27 })
})

test.skipIf(process.platform !== 'linux')(
  'without fonts words are left out instead of drawn as boxes',
  async () => {
    const folder = temporaryFolder()
    const fonts = putJson(folder, 'fonts.conf', `<fontconfig><dir>${folder}</dir></fontconfig>`)
    const out = join(folder, 'film')
    const flags = ['--task', 'HalfCheetah-2x3', '--steps', '2', '--strip', '1', '--out', out]
    await promisify(execFile)(
      process.execPath,
      ['--import', './src/common/typescript.mjs', 'src/commands/render.ts', ...flags],
      {
        env: { ...process.env, FONTCONFIG_FILE: fonts },
      },
    )
    const caption = await sharp(join(out, 'strip.png'))
      .extract({ left: 0, top: 0, width: 480, height: 44 })
      .removeAlpha()
      .raw()
      .toBuffer()
    expect(new Set(caption).size).toBe(3) // one colour
  },
)
