// Copies of the synthetic environment behind the vector contract, in every autoreset mode.
import { DimaError } from '../../../src/common/errors.ts'
import { concatenate } from '../../../src/common/tensors.ts'
import type { ParallelEnv, PerAgent } from '../../../src/env/parallel-env.ts'
import { box } from '../../../src/env/spaces.ts'
import type { AutoresetMode, VectorEnv, VectorReset, VectorStep } from '../../../src/env/vector/vector-env.ts'
import { AGENTS, type Ending, syntheticEnv } from '../../runs/synthetic-env.ts'

export interface SyntheticOptions {
  copies: number
  autoreset: AutoresetMode
  subsetReset?: boolean
  endingOf?: (seed: number) => Ending
  /** The seed of the n-th episode that begins, where the environment resets by itself. */
  seedOf?: (episode: number) => number
  /** The step, counted over all, that fails. */
  failsAt?: number
  /** Of every action. */
  bounds?: [low: number, high: number]
  onClose?: () => void
}

export function syntheticVectorEnv(
  options: SyntheticOptions,
): VectorEnv & { failsAt: number; closed: boolean } {
  const { copies: E, autoreset, endingOf, seedOf = () => 0 } = options
  const envs = Array.from({ length: E }, () => syntheticEnv(endingOf))
  let [begun, steps] = [0, 0]
  const [first] = envs as [ParallelEnv]
  const seen = Array.from({ length: E }, (): PerAgent<Float64Array> => ({}))

  const sight = (): VectorReset => ({
    observations: Object.fromEntries(
      AGENTS.map((agent) => [agent, concatenate(seen.map((own) => own[agent]!.slice()))]),
    ),
    states: concatenate(envs.map((env) => env.state())),
  })
  const restart = (e: number, seed: number) => {
    begun++
    seen[e] = envs[e]!.reset({ seed }).observations
  }
  const actionOf = (actions: PerAgent<ArrayLike<number>>, e: number) =>
    Object.fromEntries(AGENTS.map((agent) => [agent, [actions[agent]![e]!]]))

  const [low, high] = options.bounds ?? [-1, 1]
  const force = box(low, high, ['force'], ['1'])
  const self = {
    numEnvs: E,
    possibleAgents: AGENTS,
    stateSpace: first.stateSpace,
    autoreset,
    subsetReset: options.subsetReset ?? true,
    observationSpace: (agent: string) => first.observationSpace(agent),
    actionSpace: () => force,
    failsAt: options.failsAt ?? 0,
    closed: false,

    reset: async ({ mask, seed }: { mask?: ArrayLike<number>; seed?: number | ArrayLike<number> } = {}) => {
      if (mask && !self.subsetReset) throw new Error('no masked reset')
      for (let e = 0; e < E; e++) if (!mask || mask[e]) restart(e, (seed as ArrayLike<number>)[e]!)
      return sight()
    },

    step: async (actions: PerAgent<ArrayLike<number>>): Promise<VectorStep> => {
      if (++steps === self.failsAt) throw new DimaError('bridge_lost', 'the cable was cut')
      const ended = envs.map((env) => env.agents.length === 0)
      if (autoreset === 'disabled' && ended.includes(true)) throw new DimaError('no_episode', 'reset first')
      const rewards: PerAgent<Float64Array> = Object.fromEntries(
        AGENTS.map((name) => [name, new Float64Array(E)]),
      )
      const [terminations, truncations] = [new Uint8Array(E), new Uint8Array(E)]
      const over: number[] = []
      for (const [e, env] of envs.entries()) {
        if (ended[e]) restart(e, seedOf(begun))
        if (ended[e] && autoreset === 'next_step') continue
        const result = env.step(actionOf(actions, e))
        seen[e] = result.observations
        for (const agent of AGENTS) rewards[agent]![e] = result.rewards[agent]!
        terminations[e] = Number(result.terminations.agent_0)
        truncations[e] = Number(result.truncations.agent_0)
        if (env.agents.length === 0) over.push(e)
      }
      const results = { rewards, terminations, truncations }
      if (autoreset !== 'same_step' || over.length === 0) return { ...sight(), ...results }
      const final = {
        copies: Int32Array.from(over),
        observations: Object.fromEntries(
          AGENTS.map((agent) => [agent, concatenate(over.map((e) => seen[e]![agent]!))]),
        ),
        states: concatenate(over.map((e) => envs[e]!.state())),
      }
      for (const e of over) restart(e, seedOf(begun))
      return { ...sight(), ...results, final }
    },

    close: async () => {
      self.closed = true
      options.onClose?.()
    },
  }
  return self
}
