// Truth beside the imagined robot, and futures that fork from it.
import { expect, test } from 'vitest'
import { PATIENTLY } from '../../page/browser.ts'
import type { Context } from '../context.ts'
import type { Table } from '../table.ts'
import { statesHeard } from '../wire.ts'

async function withTruth(table: Table): Promise<void> {
  await table.truth.click()
  await table.button('Set model onto it').and(table.page.locator(':enabled')).waitFor()
}

export function companyCases(context: () => Context): void {
  test('truth goes beside, and how far it is apart is measured', async () => {
    const table = await context().play()
    await table.everyone('chance')
    expect(await table.measured('Apart from the truth')).toBeUndefined()
    await withTruth(table)
    await table.button('Play').click()
    await table.reaches(10)
    await table.button('Pause').click()
    await expect.poll(() => table.measured('Apart from the truth'), PATIENTLY).toBeGreaterThan(0)
    await table.button('Same place').click()
    await expect.poll(() => table.legend.textContent(), PATIENTLY).toMatch(/^imaginedtrue$/)
    expect(await table.measured('Reward, true')).toBeTypeOf('number')
  })

  test('the model is set onto the truth: it begins anew in true states', async () => {
    const table = await context().play()
    await table.everyone('chance')
    await withTruth(table)
    for (let i = 0; i < 3; i++) await table.stepOnce()
    await table.reaches(3)
    const imagined = statesHeard(table.wire)
    await table.button('Set model onto it').click()
    const begun = () => table.wire.sent.filter(({ start }) => start).at(-1)?.start
    await expect.poll(begun, PATIENTLY).toBeDefined()
    const { states } = begun() as { states: number[][] }
    expect(states.at(-1)).toHaveLength(17)
    expect(states.at(-1)).not.toEqual(imagined.at(-1))
    expect(await table.measured('Apart from the truth')).toBe(0)
  })

  test('truth that can not be loaded says so, and the imagined robot goes on', async () => {
    const { page } = await context().open()
    await page.route('**/truth.js', (route) => route.abort())
    await page.getByRole('switch').click()
    await page.getByRole('alert').getByText('MuJoCo could not be loaded').waitFor()
  })

  const KINDS = ['the policy draws its actions', 'same actions, other seeds', 'same seed, other actions']
  test.each(KINDS)('futures spread: %s', async (kind) => {
    const table = await context().play()
    await table.everyone('nobody: holds still')
    await table.page.getByLabel('What differs').selectOption({ label: kind })
    await table.page.getByLabel('How many').selectOption('4')
    await table.button('Fork').click()
    await table.reaches(5)
    await table.button('Pause').click()
    const many = () => table.wire.heard.findLast(({ states }) => states)?.states as number[][]
    await expect.poll(() => new Set(many()?.map((state) => state.join())).size, PATIENTLY).toBe(4)
    await expect.poll(() => table.measured('Apart among futures'), PATIENTLY).toBeGreaterThan(0)
    await table.button('Clear').click()
    expect(await table.button('Clear').count()).toBe(0)
  })
}
