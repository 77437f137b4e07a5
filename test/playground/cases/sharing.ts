// What is taken away: a link that replays to the bit, numbers, pictures, films.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PATIENTLY } from '../../page/browser.ts'
import type { Context } from '../context.ts'
import type { Table } from '../table.ts'
import { statesHeard } from '../wire.ts'

/** A file as a press of a button saves it. */
async function saved(table: Table, button: string): Promise<Buffer> {
  const [download] = await Promise.all([table.page.waitForEvent('download'), table.button(button).click()])
  return readFileSync(await download.path())
}

export function sharingCases(context: () => Context): void {
  test('a link replays the run to the bit, whoever acted in it', async () => {
    const table = await context().play()
    await table.everyone('chance')
    for (let i = 0; i < 3; i++) await table.stepOnce()
    await table.everyone('policy, drawn action')
    await table.button('One step').click()
    await table.reaches(4)
    await table.everyone('you, by sliders')
    await table.slider(/back thigh/).fill('200')
    await table.stepOnce()
    await table.reaches(5)
    const imagined = statesHeard(table.wire)
    await table.button('Share link').click()
    await expect.poll(() => table.page.url(), PATIENTLY).toContain('&run=')
    const { pathname, hash } = new URL(table.page.url())
    const again = await context().play({ path: pathname + hash })
    await again.reaches(5)
    await again.page.getByText('The shared run ends here').waitFor()
    expect(imagined).toHaveLength(5)
    expect(statesHeard(again.wire)).toEqual(imagined)
    await again.button('Share link').click()
    await expect.poll(() => new URL(again.page.url()).hash, PATIENTLY).toBe(hash)
  })

  test('a link that is broken says so, and the robot begins anew', async () => {
    const table = await context().play({ path: '/#cheetah@2&run=abcd' })
    await table.page.getByRole('alert').getByText("This link can't be replayed").waitFor()
    await table.everyone('chance')
    await table.stepOnce()
  })

  test('numbers, pictures and films are files that can be read', async () => {
    const table = await context().play()
    await table.everyone('chance')
    for (let i = 0; i < 2; i++) await table.stepOnce()
    await table.reaches(2)
    const [head, ...records] = String(await saved(table, 'NDJSON'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(head).toMatchObject({ model: 'cheetah@2', environment: 'HalfCheetah-2x3-v1', step_seconds: 0.05 })
    expect(head.run).toContain(`${context().url}/#cheetah%402&run=`)
    expect(records.slice(1).map(({ state }) => state)).toEqual(statesHeard(table.wire))
    const rows = String(await saved(table, 'CSV'))
      .trim()
      .split('\n')
      .map((row) => row.split(','))
    expect(rows).toHaveLength(4)
    expect(rows.map((row) => row.length)).toEqual(Array(4).fill(10 + 17 + 17 + 6))
    expect(Number(rows[2]![rows[0]!.indexOf('height')])).toBe(records[1].state[0])
    expect((await saved(table, 'Picture')).subarray(1, 4).toString()).toBe('PNG')
    await table.button('Film').click()
    await table.button('Play').click()
    await table.reaches(6)
    const film = await saved(table, 'Stop filming')
    expect(film.subarray(0, 4).toString('hex')).toBe('1a45dfa3') // EBML
    expect(film.length).toBeGreaterThan(1000)
  })
}
