// Through the loss of the server.
import { expect, test } from 'vitest'
import { PATIENTLY } from '../../page/browser.ts'
import type { Context } from '../context.ts'

export function lastingCases(
  context: () => Context,
  restart: (meanwhile: () => Promise<void>) => Promise<void>,
) {
  test('the server goes and comes back, and the robot goes on from where it was', async () => {
    const { page } = await context().open('/', undefined, (page) =>
      page.emulateMedia({ reducedMotion: 'reduce' }),
    )
    const step = async () => Number(await page.getByRole('slider', { name: /Place in time/ }).inputValue())
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect.poll(step, PATIENTLY).toBeGreaterThan(5)
    let before = 0
    await restart(async () => {
      await page
        .getByRole('alert')
        .getByText(/connection to the server was lost/)
        .waitFor()
      before = await step()
    })
    await expect.poll(step, PATIENTLY).toBeGreaterThan(before + 5)
    expect(await page.getByRole('alert').count()).toBe(0)
  })
}
