// A page in a browser for tests, and what it complains of.
import type { BrowserContext, Page } from 'playwright-core'
import { missingBrowser as missing } from '../../scripts/browser.ts'

export { startBrowser } from '../../scripts/browser.ts'

/** Why there is no browser here. In CI there must be one. */
export const missingBrowser = process.env.CI ? undefined : missing

/** A busy machine takes its time. */
export const PATIENTLY = { timeout: 20_000 }

export interface Opened {
  page: Page
  /** what the console complained of, and requests that went elsewhere */
  complaints: string[]
}

/** Software draws every pixel: more of them prove nothing where the width is not what is tested. */
const WIDTH = 800

/**
 * @param context pages of one share what is compiled and cached, not the key of a tab
 * @param prepare does something with the page before it goes to the address
 */
export async function open(
  context: BrowserContext,
  url: string,
  width = WIDTH,
  prepare: (page: Page) => unknown = () => {},
): Promise<Opened> {
  const page = await context.newPage()
  await page.setViewportSize({ width, height: 812 })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const here = request.url().startsWith(new URL(url).origin) || /^(blob|data):/.test(request.url())
    if (!here) complaints.push(`asked ${request.url()}`)
  })
  await prepare(page)
  await page.goto(url)
  return { page, complaints }
}
