// `--sizes denoiser.channels=96,denoiser.blocks=1`: single sizes of a world model's networks, on top of a preset.
import Type from 'typebox'
import { DimaError } from '../common/errors.ts'
import { assigned, isGroup, type Values } from './overrides.ts'

export const sizesFlag = {
  sizes: Type.Optional(
    Type.String({
      description:
        "sizes of the world model's networks on top of the preset, each by its name (docs/training.md)",
    }),
  ),
}

const LARGEST = 65_536

/** @param text name=value, comma-separated; DimaError `invalid_config` of an unknown name, or of sizes that don't go together */
export function withSizes<T extends object>(networks: T, text = ''): T {
  const sizes = assigned(numbersOf(networks as Values), text, { flag: '--sizes', called: 'size' })
  check(sizes, '', {})
  return merged(structuredClone(networks) as Values, sizes) as T
}

/** Its groups with the numbers in them alone. */
function numbersOf(group: Values): Values {
  const kept = Object.entries(group).filter(([, value]) => typeof value === 'number' || isGroup(value))
  return Object.fromEntries(kept.map(([name, value]) => [name, isGroup(value) ? numbersOf(value) : value]))
}

function merged(group: Values, numbers: Values): Values {
  for (const [name, value] of Object.entries(numbers))
    group[name] = isGroup(value) ? merged(group[name] as Values, value) : value
  return group
}

/** @param around the group that this one is in: attention's heads share its width */
function check(group: Values, before: string, around: Values): void {
  for (const [name, value] of Object.entries(group)) {
    const path = `${before}${name}`
    if (isGroup(value)) check(value, `${path}.`, group)
    else if (typeof value === 'number') checkNumber(name, value, path)
  }
  const { heads, headWidth, width = around.width } = group
  if (typeof heads !== 'number' || typeof width !== 'number' || headWidth !== undefined) return
  if (width % heads !== 0) throw wrong(`${before}heads`, heads, `must divide the width, ${width}`)
}

/** Groups of GroupNorm have 32 channels (unet.ts), and half of what conditions are sines, half cosines (denoiser.ts). */
const MULTIPLE: Readonly<Record<string, number>> = { channels: 32, conditioning: 2 }

/** Shares of dropout and the like are no sizes. */
const SHARES = ['dropout', 'offsetNoise']

function checkNumber(name: string, value: number, path: string): void {
  if (SHARES.includes(name)) {
    if (value < 0 || value >= 1) throw wrong(path, value, 'must be from 0 to below 1')
    return
  }
  const step = MULTIPLE[name] ?? 1
  if (value < step || value > LARGEST || value % step !== 0) {
    const kind = step === 1 ? 'a whole number' : `a multiple of ${step}`
    throw wrong(path, value, `must be ${kind} from ${step} to ${LARGEST}`)
  }
}

const wrong = (path: string, given: number, what: string): DimaError =>
  new DimaError('invalid_config', `--sizes: ${path} ${what}, but is ${given}`, { field: 'sizes', given })
