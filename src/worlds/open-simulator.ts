// A simulator with graphs of its own.
import { type GraphSessionOptions, openGraphSession } from '../engine/session.ts'
import { kindOf } from './kind-of.ts'
import type { Graphs, Kinds, Simulator, WorldKind, WorldSpec } from './world.ts'

export interface OpenSimulator extends Simulator {
  readonly spec: WorldSpec
  /** The same graphs with another policy, which is closed with them; the present one is closed at once. */
  withPolicy(policy: Uint8Array): Promise<OpenSimulator>
  close(): Promise<void>
}

/** @param graphs bytes by the names of the manifest; the policy may be missing */
export async function openSimulator(
  kinds: Kinds,
  spec: WorldSpec,
  graphs: Readonly<Record<string, Uint8Array | undefined>>,
  options?: GraphSessionOptions,
): Promise<OpenSimulator> {
  return around(kindOf(kinds, spec), spec, await openGraphs(graphs, options), options)
}

export async function openGraphs(
  graphs: Readonly<Record<string, Uint8Array | undefined>>,
  options?: GraphSessionOptions,
): Promise<Graphs> {
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
    spec,
    rollout: (rollout) => simulator.rollout(rollout),
    begin: (starts) => simulator.begin(starts),
    step: (batch) => simulator.step(batch),
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
