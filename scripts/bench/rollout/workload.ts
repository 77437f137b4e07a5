// The work that bench-rollout times: random rollouts near the model's mean state, and the bare engine calls in one.
import { Rng } from '../../../src/common/rng.ts'
import { type NamedTensors, nest } from '../../../src/common/tensors.ts'
import { openSession, type Session } from '../../../src/engine/session.ts'
import { type Bundle, type RequiredGraph, readGraph } from '../../../src/registry/load.ts'
import type { PlanName } from '../../../src/registry/manifest.ts'
import { Simulator } from '../../../src/worlds/dima/serve/simulator.ts'
import { GRAPH_NAMES, type Graphs, type SimulatorSpec } from '../../../src/worlds/dima/serve/spec.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'

/** `batch` rows of the model's full horizon; agents in descending order. */
export function randomRollout(manifest: SimulatorSpec, plan: PlanName, batch: number): Rollout {
  const { agents, action, context, horizon, normalisation } = manifest
  const { mean, std } = normalisation
  const joint = agents.length * action.dimension
  const rng = new Rng('bench', plan, batch)
  const actions = (count: number) => rng.normals(count * joint).map((x) => 0.3655 * x)
  const descending = agents.map((_, i) => i).reverse()
  const random = Float64Array.from(rng.normals(batch * context * mean.length))
  return {
    batch,
    horizon,
    states: random.map((x, i) => mean[i % mean.length]! + std[i % mean.length]! * x),
    windows: new Int32Array(batch).fill(context),
    pastActions: actions(batch * (context - 1)),
    actions: actions(batch * horizon),
    seed: 1,
    plan: { name: plan, order: plan === 'joint' ? [] : descending },
  }
}

/** The same rollout as the body of POST /rollout. */
export function requestBody({ name, version, manifest }: Bundle, rollout: Rollout): string {
  const { batch: B, horizon: H, seed, plan } = rollout
  const { context: L, agents, action, state } = manifest
  const joint = [agents.length, action.dimension]
  const states = nest(rollout.states, [B, L, state.length]) as number[][][]
  const past = nest(rollout.pastActions, [B, L - 1, ...joint]) as number[][][][]
  return JSON.stringify({
    model: `${name}@${version}`,
    starts: states.map((window, row) => ({ states: window, actions: past[row] })),
    actions: nest(rollout.actions, [B, H, ...joint]),
    seed,
    plan: plan.name,
  })
}

interface Call {
  graph: RequiredGraph
  inputs: NamedTensors
}

/** The simulator of a bundle on one thread, and the engine calls that it makes for a rollout. */
export async function openEngine(bundle: Bundle) {
  const opened = GRAPH_NAMES.map(async (name) => [name, await openSession(await readGraph(bundle, name))])
  const sessions = Object.fromEntries(await Promise.all(opened)) as Graphs
  const simulator = new Simulator(bundle.manifest, sessions)
  const callsOf = async (rollout: Rollout): Promise<Call[]> => {
    const calls: Call[] = []
    const recorder = (graph: RequiredGraph): Session => ({
      ...sessions[graph],
      run: (inputs) => {
        calls.push({ graph, inputs })
        return sessions[graph].run(inputs)
      },
    })
    const recorders = Object.fromEntries(GRAPH_NAMES.map((name) => [name, recorder(name)])) as Graphs
    await new Simulator(bundle.manifest, recorders).rollout(rollout)
    return calls
  }
  /** The calls again, same sessions and shapes, and nothing else. */
  const raw = async (calls: Call[]): Promise<void> => {
    for (const { graph, inputs } of calls) await sessions[graph].run(inputs)
  }
  return { simulator, callsOf, raw }
}
