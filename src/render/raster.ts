// The only door to sharp: SVG to PNG (librsvg), an animated GIF, a strip of frames.
import sharp, { type Join, type Sharp } from 'sharp'

const PAUSE_MS = 1000
const GAP = 6 // pixels between the frames of a strip

/** Words are left out on a machine without fonts, where each letter would be an empty box. */
export async function png(svg: string): Promise<Buffer> {
  fonts ??= hasFonts()
  const drawn = (await fonts) ? svg : svg.replace(/<text.*?<\/text>/gs, '')
  return sharp(Buffer.from(drawn)).removeAlpha().png({ compressionLevel: 1 }).toBuffer()
}

let fonts: Promise<boolean> | undefined

/** Whether two letters look different. */
async function hasFonts(): Promise<boolean> {
  const [one, other] = await Promise.all(
    ['i', 'W'].map((letter) =>
      sharp(Buffer.from(sample(letter)))
        .raw()
        .toBuffer(),
    ),
  )
  return !one!.equals(other!)
}

const sample = (letter: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" font-family="sans-serif"><text y="20">${letter}</text></svg>`

/** Plays for ever, with a pause at the end. GIF counts time in hundredths of a second. */
export function gif(pngs: readonly Buffer[], delayMs: number): Promise<Buffer> {
  const delay = pngs.map((_, i) => (i < pngs.length - 1 ? delayMs : Math.max(delayMs, PAUSE_MS)))
  // Flat colours need no dithering. Effort 4 takes half the time of the default 7, and no eye sees a difference.
  const look = { dither: 0, effort: 4 }
  // A frame equal to the one before has its time too.
  return join(pngs, { animated: true })
    .gif({ ...look, loop: 0, delay, keepDuplicateFrames: true })
    .toBuffer()
}

/** Frames from left to right, then from the top down. */
export const strip = (pngs: readonly Buffer[], columns: number): Promise<Buffer> =>
  join(pngs, { across: Math.min(columns, pngs.length), shim: GAP, background: '#ffffff' })
    .png({ palette: true, dither: 0 })
    .toBuffer()

/** sharp joins two pictures or more. */
const join = (pngs: readonly Buffer[], how: Join): Sharp =>
  pngs.length === 1 ? sharp(pngs[0]) : sharp([...pngs], { join: how, limitInputPixels: false })
