import { expect, test } from 'vitest'
import { coresFinding, memoryFinding, memoryNeeded, memoryThere } from '../../../src/server/check/memory.ts'
import { bundleOf } from '../fixture.ts'

const bundle = bundleOf()
const large = structuredClone(bundle)
large.manifest.graphs.denoise!.size = 1000 * 1024 * 1024

test('each executor and each graph wants more', () => {
  const one = memoryNeeded([bundle], 1)
  expect(memoryNeeded([bundle], 2)).toBeGreaterThan(one)
  expect(memoryNeeded([large], 1) - one).toBeCloseTo(2000, 0)
})

test('too little is a warning that says what to do', () => {
  expect(memoryFinding([bundle], 1, 1e6)).toMatchObject({ verdict: 'ok' })
  expect(memoryFinding([large], 1, 1000)).toMatchObject({
    verdict: 'warn',
    text: expect.stringContaining('EXECUTORS'),
  })
  expect(memoryThere()).toBeGreaterThan(10)
})

test('more executors than cores share them', () => {
  expect(coresFinding(2, 2).verdict).toBe('ok')
  expect(coresFinding(3, 2)).toMatchObject({
    verdict: 'warn',
    text: '3 executors on 2 cores: they share them',
  })
})
