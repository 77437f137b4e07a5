import { expect, test } from 'vitest'
import { presetOf } from '../../src/algorithms/dima/config.ts'
import { Hyperparameters } from '../../src/algorithms/dima/hyperparameters.ts'
import { withOverrides } from '../../src/runs/overrides.ts'

const hyper = presetOf('small', 'dima')
const set = (text: string) => withOverrides(Hyperparameters, hyper, text)

test('sets single values, also in groups, and leaves the preset alone', () => {
  const changed = set('behaviour.rollouts=7, epochRule=steps,timeLimitIsEnd=true,denoiser.learningRate=1e-4')
  expect(changed.behaviour.rollouts).toBe(7)
  expect(changed.epochRule).toBe('steps')
  expect(changed.timeLimitIsEnd).toBe(true)
  expect(changed.denoiser.learningRate).toBe(1e-4)
  expect(changed.decoder).toEqual(hyper.decoder)
  expect(hyper.behaviour.rollouts).not.toBe(7)
})

test('nothing to set changes nothing', () => {
  expect(set('')).toEqual(hyper)
})

test.each([
  ['behaviour.rolouts=7', 'no such hyper-parameter'],
  ['rollouts=7', 'no such hyper-parameter (did you mean behaviour.rollouts?)'],
  ['behaviour=7', '--set behaviour=7: this is a group: set .'],
  ['behaviour.rollouts', 'expected name=value'],
  ['behaviour.rollouts=1=2', 'expected name=value'],
  ['recency=1', 'lists are not set here'],
  ['constructor.name=x', 'no such hyper-parameter'],
  ['behaviour.rollouts=many', 'expected a number'],
  ['behaviour.rollouts=1.5', 'behaviour.rollouts'],
  ['behaviour.rollouts=0', 'behaviour.rollouts'],
  ['epochRule=never', 'epochRule'],
  ['timeLimitIsEnd=yes', 'expected true or false'],
  ['denoiser.linearPath=2', 'expected true or false'],
])('refuses %s', (text, message) => {
  expect(() => set(text)).toThrow(expect.objectContaining({ code: 'invalid_config' }))
  expect(() => set(text)).toThrow(message)
})
