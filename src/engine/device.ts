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
  /** Whether live steps keep the reward model's keys and values of each session; else whole windows are judged anew. */
  rewardCache: boolean
  /** Whether a live step is one call, reward and observations with it. A row alone is then computed twice as a whole. */
  stepInOneCall: boolean
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
  /** A step costs two tokens in place of thirty, and the cache lies in the same memory. */
  rewardCache: true,
  /** It would judge whole windows: 3.6 ms of the processor in place of 2.8 for one row, 41 in place of 19 for 64 (small). */
  stepInOneCall: false,
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
  /**
   * Four made 1.3 times as many live steps in vectors as one (14,600 and 11,300 a second) and a single session's 1.2 times
   * slower; two were not measured. Each has a context and its own copy of every model on the card.
   */
  executors: 2,
  /** Most rows of a request (MAX_BATCH). 600 took 125 ms and 4,096 took 320 (small), 270 and 1,070 (paper). */
  chunkRows: 1024,
  /** A step of one row took 4.7 ms, of 64 rows 6.5, of 600 rows 8.3 (small): what is cut is computed nearly twice. */
  leastRows: 256,
  mostChunkMs: 500,
  /** Vectors of 512 took 45 ms with a reward cache that was sent; without it they were not measured. */
  stepRows: 512,
  stepDelayMs: 8,
  /** A live step of one row took 13 ms, the server's part included. */
  canaryEveryMs: 4000,
  /**
   * The same rollout gave the same numbers twice, and nothing promises it: products are TF32, 2.7e-4 from the CPU's, and
   * sums may be added in another order each time.
   */
  canaryWithin: 1e-3,
  /**
   * It would cross the bus with every step, 57 KB a row (small) or 344 (paper), where a window is 1.4 KB; and its graph
   * has more nodes, 119 to 97, which is what a call is paid by.
   */
  rewardCache: false,
  /**
   * Two evaluations took 4.9 ms in one call and 5.3 in two (one row, small): each call has its price. Live steps as a whole
   * were not measured.
   */
  stepInOneCall: true,
  /** 18 % (small) and 21 % (paper) faster than 256 where 4,096 rows are imagined; 10 GB of the card's memory (paper). */
  embedRows: 1024,
  /** Repeating costs nothing where calls are paid for and not rows. */
  fewestAlike: 2,
  /** How the library multiplies depends on the rows, and TF32 has 10 bits: 2.7e-4 (small), 3.4e-4 (paper). */
  alikeWithin: 1e-3,
  /** Opening the first graph took 1.3 s, with its libraries; others 0.2, and a first run up to 0.3 (small). */
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
  rewardCache: false, // as with CUDA
  stepInOneCall: true, // as with CUDA; not measured on a card
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
