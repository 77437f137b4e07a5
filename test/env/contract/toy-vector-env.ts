// Copies of the toy environment, by every autoreset mode: keeps the contract of VectorEnv, to be broken rule by rule.
import { DimaError } from '../../../src/common/errors.ts'
import { writeAgentActions } from '../../../src/env/agent-actions.ts'
import type { PerAgent, StepResult } from '../../../src/env/parallel-env.ts'
import type {
  AutoresetMode,
  VectorEnv,
  VectorReset,
  VectorResetOptions,
  VectorStep,
} from '../../../src/env/vector/vector-env.ts'
import { ToyEnv } from './toy-env.ts'

export class ToyVectorEnv implements VectorEnv {
  numEnvs = 3
  subsetReset = true
  readonly possibleAgents = ['left', 'right']
  readonly stateSpace = new ToyEnv().stateSpace
  readonly autoreset: AutoresetMode
  copies = Array.from({ length: 3 }, () => new ToyEnv())
  closed = false
  private readonly begun = new Set<ToyEnv>()

  constructor(autoreset: AutoresetMode) {
    this.autoreset = autoreset
  }

  observationSpace(agent: string) {
    return this.copies[0]!.observationSpace(agent)
  }

  actionSpace(agent: string) {
    return this.copies[0]!.actionSpace(agent)
  }

  async reset({ mask, seed }: VectorResetOptions = {}): Promise<VectorReset> {
    this.assertOpen()
    this.copies.forEach((copy, e) => {
      if (mask?.[e] === 0) return
      const given = typeof seed === 'number' ? seed + e : seed?.[e]
      copy.reset(given === undefined ? {} : { seed: given })
      this.begun.add(copy)
    })
    return this.look()
  }

  async step(actions: PerAgent<ArrayLike<number>>): Promise<VectorStep> {
    this.assertOpen()
    const rows = this.rowsOf(actions)
    this.assertEpisodes()
    const resetting = this.copies.filter((copy) => copy.agents.length === 0)
    const results = this.copies.map((copy, e) => this.stepCopy(copy, rows[e]!))
    const answer = { ...this.look(), ...flagsOf(results) }
    if (this.autoreset !== 'same_step') return this.withoutReward(answer, resetting)
    const ended = this.copies.flatMap((copy, e) => (copy.agents.length === 0 ? [e] : []))
    if (ended.length === 0) return answer
    const last = this.look(ended)
    for (const e of ended) this.copies[e]!.reset()
    return { ...answer, ...this.look(), final: { ...last, copies: Int32Array.from(ended) } }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  /** Where the copies stand. */
  look(which = [...this.copies.keys()]): VectorReset {
    const seen = which.map((e) => this.copies[e]!.observe())
    return {
      observations: {
        left: Float64Array.from(seen.flatMap(({ left }) => [...left!])),
        right: Float64Array.from(seen.flatMap(({ right }) => [...right!])),
      },
      states: Float64Array.from(which, (e) => this.copies[e]!.position),
    }
  }

  private stepCopy(copy: ToyEnv, actions: PerAgent<number[]>): StepResult {
    if (copy.agents.length > 0) return copy.step(actions)
    copy.reset()
    return this.autoreset === 'next_step_acted' ? copy.step(actions) : copy.answer(false, false)
  }

  private withoutReward(answer: VectorStep, resetting: readonly ToyEnv[]): VectorStep {
    if (this.autoreset === 'next_step')
      for (const copy of resetting)
        for (const rewards of Object.values(answer.rewards)) rewards[this.copies.indexOf(copy)] = 0
    return answer
  }

  private assertEpisodes(): void {
    const waiting = this.copies.findIndex((copy) =>
      this.autoreset === 'disabled' ? copy.agents.length === 0 : !this.begun.has(copy),
    )
    if (waiting >= 0) throw new DimaError('no_episode', `copy ${waiting} must be reset`)
  }

  private rowsOf(actions: PerAgent<ArrayLike<number>>): PerAgent<number[]>[] {
    const controls = new Float64Array(3 * this.numEnvs)
    const places = (size: number, from: number) =>
      Array.from({ length: size * this.numEnvs }, (_, i) => from + i)
    const agents = [
      { name: 'left', controls: places(1, 0) },
      { name: 'right', controls: places(2, this.numEnvs) },
    ]
    writeAgentActions(actions, agents, controls)
    return this.copies.map((_, e) => ({
      left: [controls[e]!],
      right: [...controls.slice(this.numEnvs + 2 * e, this.numEnvs + 2 * e + 2)],
    }))
  }

  private assertOpen(): void {
    if (this.closed) throw new DimaError('environment_closed', 'it is closed')
  }
}

function flagsOf(results: readonly StepResult[]): Omit<VectorStep, keyof VectorReset> {
  return {
    rewards: {
      left: Float64Array.from(results, ({ rewards }) => rewards.left!),
      right: Float64Array.from(results, ({ rewards }) => rewards.right!),
    },
    terminations: Uint8Array.from(results, ({ terminations }) => Number(terminations.left)),
    truncations: Uint8Array.from(results, ({ truncations }) => Number(truncations.left)),
  }
}
