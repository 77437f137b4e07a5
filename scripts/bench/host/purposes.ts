// What a rollout costs around the engine, by what it is for: each is done alone, as the simulator and the server do it.
import { Streams } from '../../../src/common/streams.ts'
import { tensor } from '../../../src/common/tensors.ts'
import { ActionWindows } from '../../../src/worlds/dima/serve/action-windows.ts'
import { ImaginedStates } from '../../../src/worlds/dima/serve/imagined-states.ts'
import type { DimaSpec } from '../../../src/worlds/dima/serve/manifest.ts'
import { scaledStarts } from '../../../src/worlds/dima/serve/scaling.ts'
import type { DimaSimulator } from '../../../src/worlds/dima/serve/simulator.ts'
import { SlidingWindows } from '../../../src/worlds/dima/serve/sliding-windows.ts'
import { drawEnds } from '../../../src/worlds/ends.ts'
import { rowKeys } from '../../../src/worlds/noise.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'
import { joinRows, splitRows } from '../../../src/worlds/rows.ts'
import { lettersOf } from '../../../src/worlds/world.ts'

/** Rows of a chunk, as the server cuts them. */
const CHUNK = 64

/** Each is the work of all rows and steps. `rollout` is the whole simulator, `splitting` comes on top, in the server. */
export async function purposesOf(
  spec: DimaSpec,
  simulator: DimaSimulator,
  rollout: Rollout,
): Promise<Record<string, () => unknown>> {
  const { S, L } = lettersOf(spec)
  const { batch: B, horizon: H } = rollout
  const keys = rowKeys(rollout, L)
  const whole = await simulator.rollout(rollout)
  const x = tensor([B, S])
  const everyStep = (step: (t: number) => void) => {
    for (let t = 0; t < H; t++) step(t)
  }
  return {
    rollout: () => simulator.rollout(rollout),
    noise: () => {
      const streams = new Streams(new Uint32Array(B).fill(rollout.seed), rowKeys(rollout, L))
      everyStep((t) => streams.normals(S, [t], x.data))
    },
    windows: () => {
      const windows = new SlidingWindows(scaledStarts(spec, rollout), B, S)
      everyStep(() => windows.push(x.data))
    },
    embeddingWindows: () => {
      const windows = new ActionWindows(spec, rollout, 1)
      everyStep(() => windows.take(1))
    },
    scaling: () => {
      const imagined = new ImaginedStates(spec, rollout, x.data)
      everyStep((t) => imagined.add(t, x.data))
    },
    ends: () => drawEnds(whole.terminationProbabilities, keys, rollout),
    splitting: () => joinRows(splitRows(rollout, CHUNK).map((part) => partOf(whole, part.batch, B))),
  }
}

/** Trajectories of a chunk, which the executors would answer. */
function partOf(whole: Trajectories, rows: number, batch: number): Trajectories {
  const cut = <T extends Float32Array | Float64Array | Uint8Array | Int32Array>(array: T): T =>
    array.subarray(0, (array.length / batch) * rows) as T
  const { states, observations, rewards, terminationProbabilities, terminations, lengths } = whole
  return {
    states: cut(states),
    observations: cut(observations),
    rewards: cut(rewards),
    terminationProbabilities: cut(terminationProbabilities),
    terminations: cut(terminations),
    lengths: cut(lengths),
    computeMs: 0,
  }
}
