// What is done in a step: what was asked for, and what the model's policy adds to it. N agents, A action, O observation.
import type { Bundle } from '../../registry/load.ts'
import { type Acting, takenActions } from '../../worlds/acting.ts'
import type { LiveRow } from '../../worlds/live.ts'
import type { Memories } from '../../worlds/world.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { allFinite, diverged } from './diverged.ts'

/** A row before its step. */
export interface Place extends Pick<LiveRow, 'seed' | 'key' | 'step'> {
  /** Memories */
  memory: unknown
  /** [N, O] what is observed there */
  observations: Float32Array
}

export interface Asked {
  /** [N, A]; what it says for agents that the policy acts for does not matter */
  action: Float32Array
  policy?: Acting | undefined
}

export interface Decision {
  /** [N, A] what is to be done */
  action: Float32Array
  queueMs: number
  computeMs: number
}

/** Throws DimaError `diverged`, `no_policy` and those of Runner. */
export async function decide(
  runner: Runner,
  { bundle, memories }: { bundle: Bundle; memories: Memories },
  place: Place,
  { action, policy }: Asked,
  options: WorkOptions,
): Promise<Decision> {
  if (!policy) return { action, queueMs: 0, computeMs: 0 }
  const { memory, observations, seed, key, step } = place
  const undecided = new Float32Array(action.length) // nobody acts on what is given to others
  const seen = { observations, turn: memories.take(memory, undecided), draws: { seed, key, step } }
  const { mean, std, queueMs, computeMs } = await runner.act(bundle.digest, seen, options)
  if (!allFinite(mean) || !allFinite(std)) throw diverged("the policy's action")
  return { action: takenActions(bundle.manifest, policy, { mean, std }, place, action), queueMs, computeMs }
}
