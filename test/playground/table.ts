// What a person finds on the playground, by what it is called.
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENTLY } from '../page/browser.ts'
import { actionsSent, type Wire } from './wire.ts'

export class Table {
  readonly page: Page
  readonly wire: Wire
  private readonly region: Locator

  constructor(page: Page, wire: Wire) {
    this.page = page
    this.wire = wire
    this.region = page.getByRole('region', { name: 'Playground' })
  }

  button(name: string | RegExp): Locator {
    return this.region.getByRole('button', { name, exact: true })
  }

  slider(name: string | RegExp): Locator {
    return this.region.getByRole('slider', { name })
  }

  get picture(): Locator {
    return this.region.getByRole('img', { name: /imagined robot/ })
  }

  /** What the colours mean, and how far each is away. */
  get legend(): Locator {
    return this.region.locator('.pg-legend')
  }

  get truth(): Locator {
    return this.region.getByRole('switch')
  }

  get timeline(): Locator {
    return this.slider(/Place in time/)
  }

  /** Every agent gets the same actor. */
  async everyone(actor: string): Promise<void> {
    for (const select of await this.region.getByLabel('Who acts').all())
      await select.selectOption({ label: actor })
  }

  /** The step that the picture shows. */
  async step(): Promise<number> {
    return Number(await this.timeline.inputValue())
  }

  /** Takes one step. @returns the joint action that was sent with it [N][A] */
  async stepOnce(): Promise<number[][]> {
    const before = actionsSent(this.wire).length
    await this.button('One step').click()
    await expect.poll(() => actionsSent(this.wire).length, PATIENTLY).toBeGreaterThan(before)
    return actionsSent(this.wire)[before]!
  }

  /** Has taken so many steps. */
  async reaches(step: number): Promise<void> {
    await expect.poll(() => this.step(), PATIENTLY).toBeGreaterThanOrEqual(step)
  }

  /** The table's newest number in a column, undefined where there is none. */
  async measured(heading: string): Promise<number | undefined> {
    const details = this.region.getByRole('group').filter({ hasText: 'As a table' })
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
    const table = this.region.getByRole('table')
    await table.waitFor()
    const headings = await table.getByRole('columnheader').allTextContents()
    const cells = await table.getByRole('row').nth(1).locator('th, td').allTextContents()
    const text = cells[headings.indexOf(heading)]
    return text === undefined || text === '–' ? undefined : Number(text)
  }
}
