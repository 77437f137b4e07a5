// What suits a device: sizes that were measured on it, with the reason and where the figure stands. "Small" and "paper"
// are presets, imagined with the joint plan. The figures of cards are those of docs/devices.md, "On a card".
import { availableParallelism } from 'node:os'

/** What a session computes on. docs/devices.md says what each needs. */
export const DEVICES = ['cpu', 'cuda', 'webgpu'] as const
export type Device = (typeof DEVICES)[number]

/** What may be asked for. */
export const DEVICE_CHOICES = [...DEVICES, 'auto'] as const
export type DeviceChoice = (typeof DEVICE_CHOICES)[number]

export interface DevicePolicy {
  /** Executors that share the processor, or a card. */
  executors: number
  /** Most rows of a rollout's chunk. */
  chunkRows: number
  /** Fewer rows are not worth an executor of their own. */
  leastRows: number
  /** Whoever comes next waits for the chunks that are being computed, so they should not take longer. */
  mostChunkMs: number
  /** Live steps of a batch. */
  stepRows: number
  /** How long a batch waits for those who are expected: half of what a full one takes. More can't be worth it. */
  stepDelayMs: number
  /** Between two proofs that an idle executor can compute, each one step of one row: a quarter of a percent of its time. */
  canaryEveryMs: number
  /** How far a canary's numbers may be from those of the first time, relative to the larger of 1 and the number. */
  canaryWithin: number
  /** Rows that are embedded in one call: bounds the Perceiver's memory, about 10 MB a row. */
  embedRows: number
  /** Fewer rows are repeated to so many, so that a row alone is multiplied as it is in company. */
  fewestAlike: number
  /** How far a row may be, in standard deviations after 15 steps, from itself in other company. */
  alikeWithin: number
  /** Processor seconds that opening or running one graph may take in the proof of a bundle, and the whole proof. */
  proofRunSeconds: number
  proofSeconds: number
  /** Processor time of one run of a graph after which an executor counts as wedged. */
  runTimeoutMs: number
}

export const CPU: DevicePolicy = {
  executors: availableParallelism(),
  /**
   * A row costs 15 % less in chunks of 128 (small), but then fewer requests find work for every executor, and small ones
   * wait twice as long behind big ones.
   */
  chunkRows: 64,
  /** A denoiser call costs 1.3 ms and 0.075 ms a row (small). */
  leastRows: 16,
  mostChunkMs: 500,
  /**
   * 64 take 16 ms, so that a row costs a tenth of the 2.5 ms that it takes alone (bench/serving.json, raw); beyond,
   * everyone waits longer for little.
   */
  stepRows: 64,
  stepDelayMs: 8,
  canaryEveryMs: 1000,
  /** The same call gives the same bits. */
  canaryWithin: 0,
  embedRows: 256,
  /**
   * Fewer are multiplied in another way than many, and a sampled episode amplifies the difference: a session alone would be
   * 1e-4 from itself in company after 15 steps (small; test/worlds/dima/serve/company.integration.test.ts).
   */
  fewestAlike: 2,
  alikeWithin: 5e-6,
  proofRunSeconds: 1,
  proofSeconds: 30,
  runTimeoutMs: 2000,
}

export const CUDA: DevicePolicy = {
  /** Of a rollout's time 40 % (600 rows) to 72 % (4,096) were host code, in which the card has nothing to do. */
  executors: 2,
  /** Most rows of a request (MAX_BATCH). 600 took 236 ms and 4,096 took 905 (small), so these take about 320. */
  chunkRows: 1024,
  /** One row or 600 cost nearly the same: a denoiser call took 3.4 and 3.9 ms. Cutting pays for the host's share only. */
  leastRows: 256,
  mostChunkMs: 500,
  /** About 12 ms of calls whatever the rows, and 10 us of host code a row. */
  stepRows: 512,
  stepDelayMs: 8,
  /** A canary takes four times what it takes on the CPU. */
  canaryEveryMs: 4000,
  /** Products are TF32, 2.7e-4 from the CPU's, and sums may be added in another order each time. */
  canaryWithin: 1e-3,
  /** The only size that was measured (57 TFLOP/s, paper); larger ones need 10 MB a row of the card's memory. */
  embedRows: 256,
  /** Repeating costs nothing where calls are paid for and not rows. */
  fewestAlike: 2,
  /** How the library multiplies depends on the rows, and TF32 has 10 bits. */
  alikeWithin: 1e-3,
  /** Its libraries are loaded with the first product: seconds. Not measured. */
  proofRunSeconds: 10,
  proofSeconds: 120,
  runTimeoutMs: 5000,
}

export const WEBGPU: DevicePolicy = {
  executors: 1,
  /** 600 rows took 361 ms (small) and 814 (paper). */
  chunkRows: 512,
  /** A step took 12.5 ms for one row, 13.7 for 64, 24 for 600. */
  leastRows: 256,
  mostChunkMs: 500,
  stepRows: 256,
  stepDelayMs: 8,
  canaryEveryMs: 5000,
  /** 2e-7 from the CPU's on a card, 6e-6 on a device in software. */
  canaryWithin: 1e-4,
  embedRows: 256,
  fewestAlike: 2,
  alikeWithin: 1e-4,
  /** Shaders are compiled in the first run of a graph: 2 s of a device in software, and 16 s of a train step's. */
  proofRunSeconds: 30,
  proofSeconds: 300,
  runTimeoutMs: 10_000,
}

export const POLICIES: Readonly<Record<Device, DevicePolicy>> = { cpu: CPU, cuda: CUDA, webgpu: WEBGPU }

/** A device as executors share it: executor i computes on card i, and around again. */
export interface Placement {
  device: Device
  /** CUDA's numbers of the cards; of other devices there is one, 0 */
  cards: readonly number[]
  policy: DevicePolicy
}

export const ON_CPU: Placement = { device: 'cpu', cards: [0], policy: CPU }

export const cardAt = ({ cards }: Placement, place: number): number => cards[place % cards.length]!

/** In words, for logs and metrics: a machine may have several cards of CUDA. */
export const deviceName = (device: Device, card: number): string =>
  device === 'cuda' ? `cuda:${card}` : device

/** Most rows of a chunk of a model whose usual chunk takes so long: a large model's has fewer. 0: not known yet. */
export const mostRows = (usualMs: number, { chunkRows, leastRows, mostChunkMs }: DevicePolicy): number =>
  usualMs <= mostChunkMs ? chunkRows : Math.max(leastRows, Math.floor((chunkRows * mostChunkMs) / usualMs))

/** Rows of a chunk: an equal share for every executor, within bounds. */
export const chunkRows = (
  batch: number,
  executors: number,
  { chunkRows, leastRows }: DevicePolicy = CPU,
  most: number = chunkRows,
): number => Math.min(most, Math.max(leastRows, Math.ceil(batch / executors)))
