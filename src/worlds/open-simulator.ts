// A simulator with graphs of its own.
import { DimaError } from '../common/errors.ts'
import { cutRows, tensor } from '../common/tensors.ts'
import { type GraphSessionOptions, openGraphSession, policyOf } from '../engine/session.ts'
import { noPolicy } from './acting.ts'
import { departuresOf, statesBefore } from './departure.ts'
import { kindOf } from './kind-of.ts'
import type { Rollout, Trajectories } from './rollout.ts'
import { singleStarts } from './starts.ts'
import type { GraphBytes, Graphs, Kinds, Simulator, Taken, WorldKind, WorldSpec } from './world.ts'

export interface OpenSimulator extends Required<Simulator> {
  readonly kind: WorldKind
  readonly spec: WorldSpec
  /** The same graphs with another policy, which is closed with them; the present one is closed at once. */
  withPolicy(policy: Uint8Array): Promise<OpenSimulator>
  close(): Promise<void>
}

export interface OpenSimulatorOptions extends GraphSessionOptions {
  /**
   * Whether the kind composes graphs of these; default true. It takes longer to open them than to open all others, and their
   * weights are packed a second time: without them the same is computed in more calls.
   */
  composes?: boolean
}

/** @param graphs bytes by the names of the manifest; the policy may be missing */
export async function openSimulator(
  kinds: Kinds,
  spec: WorldSpec,
  graphs: GraphBytes,
  { composes = true, ...options }: OpenSimulatorOptions = {},
): Promise<OpenSimulator> {
  const kind = kindOf(kinds, spec)
  const opened = composes ? openComposed(kind, spec, graphs, options) : openGraphs(graphs, options)
  return around(kind, spec, await opened, options)
}

/** The graphs of a bundle, and those that its kind composes of them for the device. */
export async function openComposed(
  kind: WorldKind,
  spec: WorldSpec,
  graphs: GraphBytes,
  options?: GraphSessionOptions,
): Promise<Graphs> {
  const opened = await openGraphs(graphs, options)
  const composed = (await kind.composed?.(spec, graphs, policyOf(options))) ?? {}
  const bytes = Object.entries(composed).map(([name, graph]) => [name, graph?.bytes] as const)
  return { ...opened, ...(await openGraphs(Object.fromEntries(bytes), options)) }
}

export async function openGraphs(graphs: GraphBytes, options?: GraphSessionOptions): Promise<Graphs> {
  const opening = Object.entries(graphs).map(async ([name, bytes]) =>
    bytes ? [[name, await openGraphSession(bytes, options)] as const] : [],
  )
  return Object.fromEntries((await Promise.all(opening)).flat())
}

function around(
  kind: WorldKind,
  spec: WorldSpec,
  graphs: Graphs,
  options?: GraphSessionOptions,
): OpenSimulator {
  const simulator = kind.simulator(spec, graphs)
  return {
    kind,
    spec,
    rollout: async (rollout) => {
      const trajectories = await simulator.rollout(rollout)
      return {
        ...trajectories,
        ...(rollout.valued ? { values: await lastValues(spec, graphs, trajectories) } : {}),
        ...(rollout.compared && !trajectories.departures
          ? { departures: await departures(spec, simulator, rollout, trajectories) }
          : {}),
      }
    },
    begin: (starts, choice) => simulator.begin(starts, choice),
    step: (batch) => simulator.step(batch),
    act: async (batch) => (simulator.act ? simulator.act(batch) : Promise.reject(noPolicy())),
    lean: async (states) => (simulator.lean ? simulator.lean(states) : Promise.reject(noPolicy())),
    rewards: (taken) => simulator.rewards?.(taken) ?? singleRewards(kind, spec, simulator, taken),
    withPolicy: async (bytes) => {
      const policy = await openGraphSession(bytes, options)
      await graphs.policy?.release()
      return around(kind, spec, { ...graphs, policy }, options)
    },
    close: async () => {
      for (const session of Object.values(graphs)) await session.release()
    },
  }
}

/** Those of a step from each state by itself. */
async function singleRewards(
  kind: WorldKind,
  spec: WorldSpec,
  simulator: Simulator,
  { states, actions }: Taken,
): Promise<Float32Array> {
  const [choice] = kind.choices.every(spec)
  const rollout = { ...singleStarts(spec, states), horizon: 1, actions, seed: 0, choice }
  return (await simulator.rollout(rollout)).rewards
}

/** [B] of the last states. DimaError `no_value` where the bundle has no graph for it. */
async function lastValues(
  spec: WorldSpec,
  { value }: Graphs,
  { states, lengths }: Trajectories,
): Promise<Float32Array> {
  if (!value)
    throw new DimaError('no_value', 'the model has no value of states', { field: 'objective.terminal' })
  const [B, S] = [lengths.length, spec.state.length]
  const last = cutRows(Float32Array.from(states), B, states.length / B - S, S)
  return (await value.run({ states: tensor([B, S], last) })).values!.data
}

/** [B, H, N] of the actions taken. DimaError `no_policy` where there is none that acts on states alone. */
async function departures(
  spec: WorldSpec,
  simulator: Simulator,
  rollout: Rollout,
  trajectories: Trajectories,
): Promise<Float32Array> {
  if (!simulator.lean) throw noPolicy()
  const leanings = await simulator.lean(statesBefore(spec, rollout, trajectories))
  return departuresOf(spec, leanings, trajectories.actions ?? rollout.actions)
}
