// What is seen: the robot, also without WebGL, plots alone of a model without a body, on small screens, in words.
import { expect, test } from 'vitest'
import { PATIENTLY } from '../../page/browser.ts'
import type { Context } from '../context.ts'

const NO_WEBGL = `{
  const own = HTMLCanvasElement.prototype.getContext
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : own.call(this, kind, ...more)
  }
}`

const KEEP_WEBGL = `{
  const own = HTMLCanvasElement.prototype.getContext
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    const context = own.call(this, kind, ...more)
    if (kind === 'webgl2' && this.isConnected) window.gl = context
    return context
  }
}`

export function seeingCases(context: () => Context): void {
  test.each([
    ['with WebGL', ''],
    ['without', NO_WEBGL],
  ])('the robot moves, %s', async (_, script) => {
    const table = await context().play({ prepare: (page) => page.addInitScript(script) })
    const first = await table.picture.screenshot()
    await table.everyone('chance')
    await table.button('Play').click()
    await table.reaches(8)
    await table.button('Pause').click()
    expect(first.equals(await table.picture.screenshot())).toBe(false)
  })

  test('a picture that the browser takes away is told of, and comes back', async () => {
    const table = await context().play({ prepare: (page) => page.addInitScript(KEEP_WEBGL) })
    const first = await table.picture.screenshot()
    await table.page.evaluate('lost = gl.getExtension("WEBGL_lose_context"); lost.loseContext()')
    await table.page.getByText('The browser has taken the picture away').waitFor()
    await table.page.evaluate('lost.restoreContext()')
    await expect.poll(async () => first.equals(await table.picture.screenshot()), PATIENTLY).toBe(true)
  })

  test('is told in words every two seconds', async () => {
    const table = await context().play()
    await table.everyone('you, by gamepad')
    await table.page.getByText('No gamepad is seen').first().waitFor()
    await table.button('One step').click()
    await table.page.getByText(/^Paused at step 1, 0\.1 seconds, .* metres from the start/).waitFor()
  })

  test('a model without a body has its numbers', async () => {
    const table = await context().play({ path: '/#cheetah@1' })
    await table.everyone('chance')
    await table.button('Play').click()
    await table.reaches(3)
    expect(await table.picture.count()).toBe(0)
    expect(await table.measured('Reward, imagined')).toBeTypeOf('number')
  })

  test.each([320, 375, 1920])('fits a screen of %i pixels', async (width) => {
    const table = await context().play({ width })
    await table.everyone('you, by keys')
    await table.truth.click()
    await table.button('Set model onto it').and(table.page.locator(':enabled')).waitFor()
    expect(await table.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  })
}
