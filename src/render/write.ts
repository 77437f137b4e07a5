// A film on disk: frames/0000.svg ..., animation.gif, strip.png. Every file is whole or absent.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DimaError } from '../common/errors.ts'
import { writeNamedFile } from '../common/named-files.ts'
import { progress } from './progress.ts'
import { gif, png, strip } from './raster.ts'

export interface FilmFiles {
  readonly frames: string
  readonly gif: string
  readonly strip: string
}

const COLUMNS = 3
/** Frames rasterised at a time: sharp has a thread for each of a few. */
const AT_ONCE = 8

/** DimaError `invalid_config` if something can't be written. Frames of an earlier, longer film go away. */
export async function writeFilm(
  folder: string,
  svgs: readonly string[],
  { delayMs, stripFrames }: { delayMs: number; stripFrames: number },
): Promise<FilmFiles> {
  const files = {
    frames: join(folder, 'frames'),
    gif: join(folder, 'animation.gif'),
    strip: join(folder, 'strip.png'),
  }
  makeFolder(files.frames)
  for (const [i, svg] of svgs.entries()) writeNamedFile(join(files.frames, frameName(i)), svg, 'out')
  dropFrames(files.frames, svgs.length)
  const pngs = await rasterise(svgs)
  writeNamedFile(files.strip, await strip(evenly(pngs, stripFrames), COLUMNS), 'out')
  writeNamedFile(files.gif, await gif(pngs, delayMs), 'out')
  return files
}

const frameName = (i: number): string => `${String(i).padStart(4, '0')}.svg`

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new DimaError('invalid_config', `out: the folder ${path} can't be made (${code})`, { field: 'out' })
  }
}

function dropFrames(folder: string, from: number): void {
  for (const name of readdirSync(folder))
    if (/^\d{4,}\.svg$/.test(name) && Number.parseInt(name, 10) >= from) rmSync(join(folder, name))
}

async function rasterise(svgs: readonly string[]): Promise<Buffer[]> {
  const drawn = progress('drawing frame', svgs.length)
  const pngs: Buffer[] = []
  for (let i = 0; i < svgs.length; i += AT_ONCE) {
    pngs.push(...(await Promise.all(svgs.slice(i, i + AT_ONCE).map(png))))
    drawn.done(pngs.length)
  }
  drawn.end()
  return pngs
}

/** `count` of them with the first and the last, as far apart as can be. */
export function evenly<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values]
  if (count === 1) return [values.at(-1)!]
  return Array.from({ length: count }, (_, i) => values[Math.round((i * (values.length - 1)) / (count - 1))]!)
}
