// An executor that computes nothing and answers at once, with arrays of the sizes of a model of kind dima: what is left
// is the cost of serving.
import type { EndReason, Executor } from '../../src/inference/executors/executor.ts'
import type { Calls } from '../../src/inference/executors/messages.ts'
import type { LiveResults } from '../../src/worlds/live.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'
import { lettersOf, type WorldSpec } from '../../src/worlds/world.ts'

type Asks = { [K in keyof Calls]: (ask: Calls[K]['ask']) => Calls[K]['answer'] }

export function stubExecutor(): Executor {
  const specs = new Map<string, WorldSpec>()
  const sizes = (digest: string) => sizesOf(specs.get(digest)!)
  const asks: Asks = {
    piece: () => undefined,
    load: ({ bundle }) => {
      specs.set(bundle.digest, bundle.spec)
      return { refused: undefined }
    },
    unload: ({ digest }) => void specs.delete(digest),
    rollout: ({ digest, rollout }) => trajectories(rollout, sizes(digest)),
    step: ({ digest, batch }) => results(batch.ids.length, sizes(digest)),
    begin: ({ digest, starts: { batch } }) => {
      const { L, S, NO } = sizes(digest)
      return { observations: new Float32Array(batch * NO), carried: new Float32Array(batch * L * S) }
    },
    act: ({ digest, batch: { observations } }) => {
      const { NA, NO } = sizes(digest)
      const size = (observations.length / NO) * NA
      return { mean: new Float32Array(size), std: new Float32Array(size), computeMs: 0 }
    },
    canary: () => undefined,
  }
  let end: (reason: EndReason) => void = () => {}
  const stub = {
    alive: true,
    exited: new Promise<EndReason>((resolve) => (end = resolve)),
    get lastHeard() {
      return performance.now()
    },
    call: async <K extends keyof Calls>(type: K, ask: Calls[K]['ask']) => asks[type](ask),
    kill(reason: EndReason) {
      stub.alive = false
      end(reason)
    },
  }
  return stub
}

const sizesOf = (spec: WorldSpec) => ({
  L: spec.context,
  S: spec.state.length,
  NA: spec.agents.length * lettersOf(spec).A,
  NO: spec.agents.length * spec.observation.length,
})
type Sizes = ReturnType<typeof sizesOf>

const results = (rows: number, { S, NO }: Sizes): LiveResults => ({
  carried: new Float32Array(rows * S),
  states: new Float64Array(rows * S),
  observations: new Float32Array(rows * NO),
  rewards: new Float32Array(rows),
  terminationProbabilities: new Float32Array(rows),
  terminations: new Uint8Array(rows),
  computeMs: 0,
})

function trajectories({ batch, horizon, policy }: Rollout, { S, NA, NO }: Sizes): Trajectories {
  const rows = batch * horizon
  return {
    states: new Float64Array(rows * S),
    observations: new Float32Array(rows * NO),
    rewards: new Float32Array(rows),
    terminationProbabilities: new Float32Array(rows),
    terminations: new Uint8Array(rows),
    lengths: new Int32Array(batch).fill(horizon),
    ...(policy ? { actions: new Float32Array(rows * NA) } : {}),
    computeMs: 0,
  }
}
