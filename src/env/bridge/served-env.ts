// An environment on the server's side: requests that were read become calls, what it gives becomes answers.
import { performance } from 'node:perf_hooks'
import type { PerAgent } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { VectorEnv, VectorReset, VectorResetOptions } from '../vector/vector-env.ts'
import {
  type FloatDtype,
  readFlags,
  readFloats,
  readSeeds,
  type WireArray,
  wireArray,
  wireFloats,
} from './arrays.ts'
import { checkAgents } from './declaration.ts'
import type { Made } from './messages.ts'
import { protocolError } from './protocol-error.ts'
import { type Fields, isMap } from './read-message.ts'
import { BridgeRefusal } from './refusal.ts'
import { writeSpace } from './spaces.ts'

/** What is served: copies, and what there is to know of them. */
export type ServedVectorEnv = VectorEnv & {
  readonly spec: TaskSpec
  /** Whether the same seeds and actions give the same episodes. Default: they do. */
  readonly deterministic?: boolean
}

export class ServedEnv {
  private readonly env: ServedVectorEnv
  private readonly dtype: FloatDtype
  /** Seed of the first reset that has none itself. */
  private seed: number | undefined

  constructor(env: ServedVectorEnv, dtype: FloatDtype, seed: number | undefined) {
    this.env = env
    this.dtype = dtype
    this.seed = seed
  }

  /** The fields of `made`. */
  describe(session: string): Made {
    const { env, dtype } = this
    const spaces = (of: (agent: string) => Box) =>
      Object.fromEntries(env.possibleAgents.map((agent) => [agent, writeSpace(of(agent), dtype)]))
    return {
      session,
      env: env.spec.name,
      num_envs: env.numEnvs,
      possible_agents: [...env.possibleAgents],
      obs_spaces: spaces((agent) => env.observationSpace(agent)),
      act_spaces: spaces((agent) => env.actionSpace(agent)),
      state_space: writeSpace(env.stateSpace, dtype),
      reward: 'per_agent',
      max_steps: env.spec.episodeLimit,
      autoreset: env.autoreset,
      subset_reset: env.subsetReset,
      deterministic: env.deterministic ?? true,
      dt: env.spec.stepSeconds,
    }
  }

  async reset(request: Fields): Promise<object> {
    const options = this.resetOptions(request)
    if (options.mask && !this.env.subsetReset)
      throw new BridgeRefusal(
        'unsupported',
        'this environment starts all copies together: reset without a mask',
      )
    const start = await this.env.reset(options)
    if (request.seed === undefined) this.seed = undefined
    return { ...this.views(start, this.env.numEnvs), ...this.info(start) }
  }

  async step(request: Fields): Promise<object> {
    const actions = this.actions(request.actions)
    const began = performance.now()
    const step = await this.env.step(actions)
    const timing_ms = performance.now() - began
    const { numEnvs } = this.env
    return {
      ...this.views(step, numEnvs),
      reward: this.perAgent(step.rewards, () => [numEnvs]),
      terminated: wireArray('|u1', [numEnvs], step.terminations),
      truncated: wireArray('|u1', [numEnvs], step.truncations),
      final: step.final && {
        index: wireArray('<i4', [step.final.copies.length], step.final.copies),
        ...this.views(step.final, step.final.copies.length),
      },
      ...this.info(step),
      timing_ms,
    }
  }

  close(): Promise<void> {
    return this.env.close()
  }

  private views({ observations, states }: VectorReset, rows: number): { obs: object; state: WireArray } {
    const { env, dtype } = this
    return {
      obs: this.perAgent(observations, (agent) => [rows, env.observationSpace(agent).low.length]),
      state: wireFloats(dtype, [rows, env.stateSpace.low.length], states),
    }
  }

  private info({ infos }: VectorReset): { info?: object } {
    const success = infos?.success
    return success ? { info: { success: wireArray('|u1', [this.env.numEnvs], success) } } : {}
  }

  private perAgent(arrays: PerAgent<Float64Array>, shape: (agent: string) => number[]): PerAgent<WireArray> {
    const wire: PerAgent<WireArray> = {}
    for (const agent of this.env.possibleAgents)
      wire[agent] = wireFloats(this.dtype, shape(agent), arrays[agent]!)
    return wire
  }

  private resetOptions({ mask, seed = this.seed }: Fields): VectorResetOptions {
    const shape = [this.env.numEnvs]
    return {
      ...(mask === undefined ? {} : { mask: readFlags(mask, 'mask', shape) }),
      ...(seed === undefined ? {} : { seed: isMap(seed) ? readSeeds(seed, 'seed', shape) : readSeed(seed) }),
    }
  }

  private actions(map: unknown): PerAgent<Float64Array> {
    const { possibleAgents, numEnvs } = this.env
    if (!isMap(map)) throw protocolError('actions', 'is wrong', 'a map of agents', map)
    checkAgents(map, possibleAgents, 'actions')
    const actions: PerAgent<Float64Array> = {}
    for (const agent of possibleAgents) {
      const shape = [numEnvs, this.env.actionSpace(agent).low.length]
      actions[agent] = readFloats(map[agent], `actions.${agent}`, [this.dtype], shape)
    }
    return actions
  }
}

function readSeed(seed: unknown): number {
  if (Number.isSafeInteger(seed) && (seed as number) >= 0) return seed as number
  throw protocolError('seed', 'is wrong', 'an integer from 0 on, or one for each copy', seed)
}
