// One browser and one server for all cases of the playground.
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { type Opened, PATIENTLY } from '../page/browser.ts'
import { Table } from './table.ts'
import { tap, type Wire } from './wire.ts'

export interface Context {
  readonly url: string
  open(path?: string, width?: number, prepare?: (page: Page) => unknown): Promise<Opened>
  /** The playground, paused at its beginning. At the end of the test it must have had nothing to complain of. */
  play(options?: { path?: string; width?: number; prepare?: (page: Page) => unknown }): Promise<Table>
}

export function contextOf(url: string, open: Context['open']): Context {
  return {
    url,
    open,
    async play({ path, width, prepare } = {}) {
      let wire!: Wire
      const { page, complaints } = await open(path, width, async (page) => {
        wire = tap(page)
        await page.emulateMedia({ reducedMotion: 'reduce' }) // or it begins by itself
        await prepare?.(page)
      })
      onTestFinished(() => expect(complaints).toEqual([]))
      const table = new Table(page, wire)
      await expect.poll(() => wire.heard.some(({ state }) => state), PATIENTLY).toBe(true)
      return table
    },
  }
}
