// Debian's Chromium, driven by playwright-core, which brings none: for tests, measurements and pictures of the page.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why there is no browser here. */
export const missingBrowser = existsSync(PROGRAM)
  ? undefined
  : `there is no ${PROGRAM}: apt-get install chromium`

const ARGUMENTS = [
  '--no-sandbox', // as root it has none of its own
  '--use-gl=angle', // WebGL in software, which must be asked for
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** Software draws WebGL. */
export const startBrowser = (more: string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: PROGRAM, args: [...ARGUMENTS, ...more] })
