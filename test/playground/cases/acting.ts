// What people do to the robot is what is sent.
import { expect, test } from 'vitest'
import { PATIENTLY } from '../../page/browser.ts'
import type { Context } from '../context.ts'
import { actionsSent } from '../wire.ts'

/** A pad whose left stick is pushed to the right. */
const PAD = `navigator.getGamepads = () => [{ axes: [1, 0, 0, 0], buttons: Array(16).fill({ value: 0 }) }]`

export function actingCases(context: () => Context): void {
  test('a slider sets its joint, and nobody else moves', async () => {
    const table = await context().play()
    await table.everyone('you, by sliders')
    const slider = table.slider(/front shin/)
    await slider.fill(await slider.getAttribute('max').then(String))
    expect(await table.stepOnce()).toEqual([
      [0, 0, 0],
      [0, 1, 0],
    ])
    await slider.focus()
    await table.page.keyboard.press('ArrowLeft')
    const [, front] = await table.stepOnce()
    expect(front![1]).toBeLessThan(1)
    expect(front![1]).toBeGreaterThan(0.9)
  })

  test('keys push joints as long as they are held, on the keyboard and on the screen', async () => {
    const table = await context().play()
    const { keyboard } = table.page
    await table.everyone('you, by keys')
    await table.page.getByLabel('Who acts').last().focus() // as it is when a hand has chosen
    await keyboard.down('q')
    await table.stepOnce()
    const [pushed] = await table.stepOnce()
    expect(pushed![0]).toBeGreaterThan(0)
    expect(pushed!.slice(1)).toEqual([0, 0])
    await keyboard.up('q')
    for (let i = 0; i < 8; i++) await table.stepOnce()
    expect((await table.stepOnce()).flat()).toEqual(Array(6).fill(0))
    await table.button('Play').click()
    await table.button(/front foot, less/).hover()
    await table.page.mouse.down()
    await expect.poll(() => actionsSent(table.wire).at(-1)![1]![2], PATIENTLY).toBeLessThan(0)
    await table.page.mouse.up()
  })

  test('a gamepad pushes joints', async () => {
    const table = await context().play({ prepare: (page) => page.addInitScript(PAD) })
    await table.everyone('you, by gamepad')
    await table.page.getByText('left stick, sideways').waitFor()
    expect(await table.page.getByText('No gamepad is seen').count()).toBe(0)
    await table.stepOnce()
    const [pushed] = await table.stepOnce()
    expect(pushed![0]).toBeGreaterThan(0)
    expect(pushed!.slice(1)).toEqual([0, 0])
  })

  test('the policy acts where it is asked to, chance and nobody where they are', async () => {
    const table = await context().play()
    await table.everyone('policy, drawn action')
    await table.button('One step').click()
    await table.reaches(1)
    const steps = () => table.wire.sent.filter(({ type }) => type === 'step')
    expect(steps()[0]).toMatchObject({ policy: { mode: 'sample', agents: ['agent_0', 'agent_1'] } })
    await table.everyone('chance')
    const [one, other] = [await table.stepOnce(), await table.stepOnce()]
    expect(one).not.toEqual(other)
    await table.everyone('nobody: holds still')
    expect((await table.stepOnce()).flat()).toEqual(Array(6).fill(0))
  })

  test('the planner plans, and its actions are taken', async () => {
    const table = await context().play()
    await table.everyone('planner')
    const joint = await table.stepOnce()
    expect(table.wire.sent.some(({ type }) => type === 'plan')).toBe(true)
    expect(joint.flat().some((value) => value !== 0)).toBe(true)
  })
}
