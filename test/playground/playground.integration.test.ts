// The playground in a real browser, before a real server: what is seen and sent, under its content security policy.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import { missingBrowser, open, startBrowser } from '../page/browser.ts'
import { actingCases } from './cases/acting.ts'
import { companyCases } from './cases/company.ts'
import { guardingCases } from './cases/guarding.ts'
import { keyedCases } from './cases/keyed.ts'
import { lastingCases } from './cases/lasting.ts'
import { seeingCases } from './cases/seeing.ts'
import { sharingCases } from './cases/sharing.ts'
import { truthCases } from './cases/truth.ts'
import { type Context, contextOf } from './context.ts'
import { publishPlayModel, type Served, serve } from './served.ts'

const title = missingBrowser ? `the playground (skipped: ${missingBrowser})` : 'the playground'

describe.skipIf(missingBrowser)(title, () => {
  const models = mkdtempSync(join(tmpdir(), 'dima-playground-'))
  let browser: Browser
  let server: Served
  let given: Context
  beforeAll(async () => {
    await publishPlayModel(models)
    ;[browser, server] = await Promise.all([startBrowser(), serve(models)])
    given = seen(server.url)
  })
  const seen = (url: string) =>
    contextOf(url, async (path = '/', width = 1280, prepare) => {
      const alone = await browser.newContext()
      onTestFinished(() => alone.close())
      return open(alone, url + path, width, prepare)
    })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    rmSync(models, { recursive: true, force: true })
  })

  const context = () => given
  describe('truth', () => truthCases(context))
  describe('seeing', () => seeingCases(context))
  describe('acting', () => actingCases(context))
  describe('company', () => companyCases(context))
  describe('sharing', () => sharingCases(context))
  describe('guarding', () => guardingCases(context))
  describe('keyed', () =>
    keyedCases(async (settings) => {
      const keyed = await serve(models, settings)
      onTestFinished(keyed.close)
      return seen(keyed.url)
    }))
  describe('lasting', () =>
    lastingCases(context, async (meanwhile) => {
      await server.close()
      await meanwhile()
      server = await serve(models, { PORT: new URL(server.url).port })
    }))
})
