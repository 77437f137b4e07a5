// method.md 9, check 3: with a denoiser that is known exactly, the sampler gives a known result, and it asks for the
// stated levels and agents in the stated order.
import { describe, expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import type { PlanRequest } from '../../../../src/worlds/dima/serve/plan.ts'
import { fakeSimulator, rolloutOf, SAMPLING, specOf } from '../../../inference/fixture.ts'

const joint: PlanRequest = { name: 'joint', order: [] }
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length

/** E[x | noisy] for x ~ N(mu, s²) and noisy = x + sigma n: what a perfect denoiser answers. */
const gaussianOracle = (mu: number, s: number) => ({
  denoise: ({ noisy, sigma }: Record<string, { data: Float32Array; shape: number[] }>) => {
    const { data, shape } = noisy!
    const denoised = data.map((x, i) => {
      const noise = sigma!.data[Math.floor(i / shape[1]!)]! ** 2
      return (s ** 2 * x + noise * mu) / (s ** 2 + noise)
    })
    return { denoised: tensor([...shape], denoised) }
  },
})

describe('an oracle denoiser', () => {
  const spec = specOf({ S: 4, H: 1 })
  const plans: PlanRequest[] = [
    joint,
    { name: 'sequential', order: [1, 0] },
    { name: 'progressive', order: [1, 0] },
  ]

  test.each(plans)('of a point gives exactly the point: $name', async (plan) => {
    const { simulator } = fakeSimulator(spec, gaussianOracle(0.25, 0))
    const { states } = await simulator.rollout(rolloutOf(spec, { batch: 3, plan }))
    expect([...new Set(states)]).toEqual([0.25 / SAMPLING.sigmaData])
  })

  test('of a Gaussian gives samples with its mean and, with many levels, its spread', async () => {
    const [mu, s, steps] = [0.3, 0.5, 64]
    const fine = specOf({ S: 4, H: 1, steps })
    const { simulator } = fakeSimulator(fine, gaussianOracle(mu, s))
    const plan: PlanRequest = { name: 'sequential', order: [1, 0] }
    const { states } = await simulator.rollout(rolloutOf(fine, { batch: 1000, plan }))
    const x = states.map((value) => value * SAMPLING.sigmaData)
    const deviation = Math.sqrt(mean(x.map((value) => (value - mean(x)) ** 2)))
    // Standard errors of 4,000 draws: 0.008 and 0.006. Starting at sigma 5 shifts the mean by mu * s / 5 = 0.03.
    expect(Math.abs(mean(x) - mu)).toBeLessThan(0.03 + 4 * 0.008)
    expect(Math.abs(deviation - s)).toBeLessThan(0.05)
  })

  test.each(plans)('of a Gaussian is followed along the Euler path: $name', async (plan) => {
    const [mu, s] = [0.3, 0.5]
    const { simulator, callsOf } = fakeSimulator(spec, gaussianOracle(mu, s))
    const { states } = await simulator.rollout(rolloutOf(spec, { batch: 500, plan }))
    // The distance to the mean shrinks by a known factor at each level, so the result is the start's, scaled.
    const levels = callsOf('denoise').map(({ sigma }) => sigma!.data[0]!)
    const factor = levels.reduce((product, sigma, i) => {
      const [keep, share] = [(levels[i + 1] ?? 0) / sigma, s ** 2 / (s ** 2 + sigma ** 2)]
      return product * (keep + (1 - keep) * share)
    }, 1)
    const start = callsOf('denoise')[0]!.noisy!.data
    for (const [i, value] of states.entries())
      expect(value * SAMPLING.sigmaData - mu).toBeCloseTo(factor * (start[i]! - mu), 5)
  })

  test('starts from noise as wide as the highest level', async () => {
    const { simulator, callsOf } = fakeSimulator(spec)
    await simulator.rollout(rolloutOf(spec, { batch: 1000 }))
    const start = callsOf('denoise')[0]!.noisy!.data
    expect(Math.abs(mean(start))).toBeLessThan(0.4) // five standard errors of 5 N(0, 1), 4,000 draws
    expect(Math.abs(Math.sqrt(mean(start.map((x) => x * x))) - 5)).toBeLessThan(0.3)
  })
})

describe('calls of the denoiser', () => {
  const K4 = [5, 0.8447, 0.07744, 0.002]
  const K3 = [5, 0.2831, 0.002]
  const K6 = [5, 1.8176, 0.5567, 0.1339, 0.02233, 0.002]
  const one = (agents: number, order: number[]) =>
    order.map((agent) => Array.from({ length: agents }, (_, i) => (i === agent ? 1 : 0)))

  test.each([
    [2, 'sequential', [1, 0], K4, one(2, [1, 1, 0, 0])],
    [2, 'sequential', [1, 0, 0, 1], K4, one(2, [1, 0, 0, 1])],
    [3, 'sequential', [2, 1, 0], K3, one(3, [2, 1, 0])],
    [6, 'sequential', [5, 4, 3, 2, 1, 0], K6, one(6, [5, 4, 3, 2, 1, 0])],
    [
      3,
      'progressive',
      [2, 0, 1],
      K3,
      [
        [0, 0, 1],
        [1, 0, 1],
        [1, 1, 1],
      ],
    ],
    [
      3,
      'joint',
      [],
      [5, 0.002],
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
    ],
  ] as const)('%i agents, %s %j: levels %j', async (N, name, order, levels, visible) => {
    const spec = specOf({ N, H: 2, steps: levels.length })
    const { simulator, callsOf } = fakeSimulator(spec)
    await simulator.rollout(rolloutOf(spec, { batch: 2, plan: { name, order: [...order] } }))
    const calls = callsOf('denoise')
    expect(calls).toHaveLength(2 * levels.length)
    for (const [i, { sigma, embedding }] of calls.entries()) {
      const step = i % levels.length
      expect(new Set(sigma!.data).size).toBe(1)
      expect(Math.abs(sigma!.data[0]! / levels[step]! - 1)).toBeLessThan(2e-4)
      // The fake embedding is the mask of the current slot, one a row.
      expect([...embedding!.data]).toEqual([...visible[step]!, ...visible[step]!])
    }
  })
})
