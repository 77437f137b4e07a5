// A server that wants keys: the page asks for one, and its socket goes by it.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { digestOf, newKey } from '../../../src/server/auth/keys.ts'
import { PATIENTLY } from '../../page/browser.ts'
import type { Context } from '../context.ts'

async function give(page: Page, key: string): Promise<void> {
  await page.fill('input[name=key]', key)
  await page.click('.key button')
}

export function keyedCases(serving: (settings: Record<string, string>) => Promise<Context>): void {
  test('with a key it is played, with one that may not it says why; the key stays out of addresses', async () => {
    const [player, reader] = [newKey(), newKey()]
    const file = join(mkdtempSync(join(tmpdir(), 'dima-keys-')), 'keys.json')
    const entry = (id: string, key: string, scopes: string[]) => ({
      ...{ id, scopes },
      sha256: digestOf(key).toString('hex'),
    })
    writeFileSync(
      file,
      JSON.stringify([entry('player', player, ['rollout', 'session']), entry('reader', reader, ['rollout'])]),
    )
    const context = await serving({ KEYS: file })
    const asked: string[] = []
    const { page } = await context.open('/', undefined, async (page) => {
      page.on('request', (request) => asked.push(request.url()))
      page.on('websocket', (socket) => asked.push(socket.url()))
      await page.emulateMedia({ reducedMotion: 'reduce' })
    })
    await give(page, 'dima_wrong')
    await page.getByRole('alert').getByText('This key is not valid').waitFor()
    await give(page, player)
    await page.getByRole('button', { name: 'One step' }).click()
    const step = () => page.getByRole('slider', { name: /Place in time/ }).inputValue()
    await expect.poll(step, PATIENTLY).toBe('1')
    expect(asked.filter((url) => url.includes(player))).toEqual([])
    const other = await context.open()
    await give(other.page, reader)
    await other.page
      .getByRole('alert')
      .getByText(/session/)
      .waitFor()
  })
}
