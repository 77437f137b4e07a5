// A browser for tests: Debian's Chromium, driven by playwright-core, which brings none.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why there is no browser here. In CI there must be one. */
export const missingBrowser =
  process.env.CI || existsSync(PROGRAM) ? undefined : `there is no ${PROGRAM}: apt-get install chromium`

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] }) // as root it has no sandbox of its own

export interface Opened {
  page: Page
  /** what the console complained of, and requests that went elsewhere */
  complaints: string[]
}

export async function open(browser: Browser, url: string, width = 1280): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height: 812 } })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const here = request.url().startsWith(new URL(url).origin) || /^(blob|data):/.test(request.url())
    if (!here) complaints.push(`asked ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}
