// What keeps the page safe, small and open to everybody.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'

const MOST_BYTES = 230_000
const AXE = createRequire(import.meta.url).resolve('axe-core')

/** What axe found, with the elements. */
interface Violation {
  id: string
  nodes: { target: string[]; failureSummary: string }[]
}

/** Outside of what the test evaluates, for which the policy does not hold. */
const EVALUATE = `new Promise((done) => setTimeout(() => {
  try { done(eval('1 + 1')) } catch ({ name }) { done(name) }
}))`

export function guardingCases(context: () => Context): void {
  test('the page may not evaluate text', async () => {
    const { page } = await context().open()
    expect(await page.evaluate(EVALUATE)).toBe('EvalError')
  })

  test(`the page is at most ${MOST_BYTES / 1000} kB, compressed, without MuJoCo`, async () => {
    const asked: string[] = []
    const { page } = await context().open('/', undefined, (page) => {
      page.on('request', (request) => asked.push(request.url()))
    })
    await page.getByRole('region', { name: 'Playground' }).waitFor()
    const files = asked.filter((url) => /\/$|\/assets\//.test(url))
    const sizes = await Promise.all(
      files.map(async (url) => gzipSync(await (await fetch(url)).arrayBuffer(), { level: 9 }).length),
    )
    expect(files.filter((url) => /mujoco|truth/.test(url))).toEqual([])
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES)
  })

  test.each(['light', 'dark'] as const)('has no barrier that axe finds, %s', async (colorScheme) => {
    const table = await context().play({ prepare: (page) => page.emulateMedia({ colorScheme }) })
    await table.everyone('you, by keys')
    await table.truth.click()
    await table.button('Fork').click()
    await table.reaches(3)
    await table.button('Pause').click()
    await table.measured('Reward, imagined')
    await table.page.evaluate(readFileSync(AXE, 'utf8'))
    const { violations } = (await table.page.evaluate('axe.run()')) as { violations: Violation[] }
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
    expect(found).toEqual([])
  })
}
