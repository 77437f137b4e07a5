import { expect, test } from 'vitest'
import { scalarsOf } from '../../../src/runs/tensorboard/scalars.ts'

test.each([
  [
    'an update is over the updates of its network',
    { epoch: 3, network: 'denoiser', update: 40, loss: 0.5, grad_norm: 0 },
    { step: 40, values: { 'denoiser/loss': 0.5, 'denoiser/grad_norm': 0 } },
  ],
  [
    'an episode is over environment steps, and words are no curves',
    { epoch: 3, steps: 2000, episode_return: -1, episode_length: 1000, played: 'noisy' },
    { step: 2000, values: { 'episode/episode_return': -1, 'episode/episode_length': 1000 } },
  ],
  [
    'times are over epochs, so that final epochs are told apart',
    { epoch: 7, steps: 2000, seconds: 3, idle_seconds: 1 },
    { step: 7, values: { 'time/steps': 2000, 'time/seconds': 3, 'time/idle_seconds': 1 } },
  ],
  [
    'a line of an unknown kind is over epochs, by its keys',
    { epoch: 2, x: 1 },
    { step: 2, values: { x: 1 } },
  ],
])('%s', (_, line, scalars) => expect(scalarsOf(line as Record<string, number | string>)).toEqual(scalars))
