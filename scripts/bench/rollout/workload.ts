// The work that bench-rollout times: random rollouts near the model's mean state, and the bare engine calls in one.
import { Rng } from '../../../src/common/rng.ts'
import { type NamedTensors, nest } from '../../../src/common/tensors.ts'
import type { Device } from '../../../src/engine/device.ts'
import type { GraphSession } from '../../../src/engine/session.ts'
import { type Bundle, readGraphs } from '../../../src/registry/load.ts'
import { dima } from '../../../src/worlds/dima/serve/kind.ts'
import type { DimaSpec, PlanName } from '../../../src/worlds/dima/serve/manifest.ts'
import type { PlanRequest } from '../../../src/worlds/dima/serve/plan.ts'
import { DimaSimulator } from '../../../src/worlds/dima/serve/simulator.ts'
import { asDima, asDimaGraphs, type DimaGraphs } from '../../../src/worlds/dima/serve/spec.ts'
import { openComposed } from '../../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import type { WorldSpec } from '../../../src/worlds/world.ts'

export type DimaRollout = Rollout & { choice: PlanRequest }

/** `batch` rows of the model's full horizon; agents in descending order. */
export function randomRollout(manifest: DimaSpec, plan: PlanName, batch: number): DimaRollout {
  const descending = manifest.agents.map((_, i) => i).reverse()
  return {
    ...randomRows(manifest, batch, plan),
    choice: { name: plan, order: plan === 'joint' ? [] : descending },
  }
}

/** Of a model of any kind, without what its kind lets choose. @param key of the random numbers */
export function randomRows(spec: WorldSpec, batch: number, key: string): Omit<Rollout, 'choice'> {
  const { agents, action, context, horizon, normalisation } = spec
  const { mean, std } = normalisation
  const joint = agents.length * action.dimension
  const rng = new Rng('bench', key, batch)
  const actions = (count: number) => rng.normals(count * joint).map((x) => 0.3655 * x)
  const random = Float64Array.from(rng.normals(batch * context * mean.length))
  return {
    batch,
    horizon,
    states: random.map((x, i) => mean[i % mean.length]! + std[i % mean.length]! * x),
    windows: new Int32Array(batch).fill(context),
    pastActions: actions(batch * (context - 1)),
    actions: actions(batch * horizon),
    seed: 1,
  }
}

/** The same rollout as the body of POST /rollout. */
export function requestBody({ name, version, manifest }: Bundle, rollout: DimaRollout): string {
  const { batch: B, horizon: H, seed, choice } = rollout
  const { context: L, agents, action, state } = manifest
  const joint = [agents.length, action.dimension]
  const states = nest(rollout.states, [B, L, state.length]) as number[][][]
  const past = nest(rollout.pastActions, [B, L - 1, ...joint]) as number[][][][]
  return JSON.stringify({
    model: `${name}@${version}`,
    starts: states.map((window, row) => ({ states: window, actions: past[row] })),
    actions: nest(rollout.actions, [B, H, ...joint]),
    seed,
    plan: choice.name,
  })
}

interface Call {
  graph: keyof DimaGraphs
  inputs: NamedTensors
}

/** The simulator of a bundle on one thread, and the engine calls that it makes for a rollout. */
export async function openEngine(bundle: Bundle, device: Device) {
  const spec = asDima(bundle.manifest)
  const sessions = asDimaGraphs(await openComposed(dima, spec, await readGraphs(bundle), { device }))
  const simulator = new DimaSimulator(spec, sessions)
  const callsOf = async (rollout: Rollout): Promise<Call[]> => {
    const calls: Call[] = []
    const recorder = (graph: keyof DimaGraphs, session: GraphSession): GraphSession => ({
      ...session,
      run: (inputs) => {
        calls.push({ graph, inputs })
        return session.run(inputs)
      },
    })
    const recorders = Object.fromEntries(
      Object.entries(sessions).map(([name, session]) => [name, recorder(name as keyof DimaGraphs, session)]),
    )
    await new DimaSimulator(spec, asDimaGraphs(recorders)).rollout(rollout)
    return calls
  }
  /** The calls again, same sessions and shapes, and nothing else. */
  const raw = async (calls: Call[]): Promise<void> => {
    for (const { graph, inputs } of calls) await sessions[graph]!.run(inputs)
  }
  const close = async (): Promise<void> => {
    for (const session of Object.values(sessions)) await session.release()
  }
  return { simulator, callsOf, raw, close }
}
