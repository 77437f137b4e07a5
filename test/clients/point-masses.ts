// The dynamics of clients/python/tests/bridge_toys.py once more: the same sums, products and quotients in the same
// order, so that what comes over the bridge can be compared to the last bit.
import type { AutoresetMode } from '../../src/env/vector/vector-env.ts'

const DT = 0.125
const REACH = 0.25
export const LIMIT = 12

type State = readonly [x: number, y: number, vx: number, vy: number]

class Mass {
  private stream = 1
  private steps = 0
  state: State = [0, 0, 0, 0]

  begin(seed?: number): void {
    if (seed !== undefined) this.stream = seed % 65537
    this.state = [this.draw(), this.draw(), 0, 0]
    this.steps = 0
  }

  push(fx: number, fy: number): void {
    const [x, y, oldVx, oldVy] = this.state
    const [vx, vy] = [oldVx + DT * fx, oldVy + DT * fy]
    this.state = [x + DT * vx, y + DT * vy, vx, vy]
    this.steps++
  }

  get squared(): number {
    const [x, y] = this.state
    return x * x + y * y
  }

  get reached(): boolean {
    return this.squared < REACH * REACH
  }

  get late(): boolean {
    return this.steps >= LIMIT
  }

  private draw(): number {
    this.stream = (75 * this.stream + 74) % 65537
    return this.stream / 32768 - 1
  }
}

export interface MassesStep {
  states: State[] // [E]
  rewards: number[]
  terminations: number[]
  truncations: number[]
  /** Copies that ended in this step, and where they stood. */
  ended: { copy: number; state: State }[]
}

/** E masses that are pushed together. */
export class PointMasses {
  private readonly masses: Mass[]
  private readonly autoreset: AutoresetMode
  private readonly over: boolean[]

  constructor(numEnvs: number, autoreset: AutoresetMode) {
    this.masses = Array.from({ length: numEnvs }, () => new Mass())
    this.autoreset = autoreset
    this.over = this.masses.map(() => false)
  }

  /** All of them, or those whose flag is set. Under next_step_acted a reset takes a step with no force. */
  reset(seed?: number, mask?: ArrayLike<number>): State[] {
    this.masses.forEach((mass, copy) => {
      if (mask && !mask[copy]) return
      mass.begin(seed === undefined ? undefined : seed + copy)
      if (this.autoreset === 'next_step_acted') mass.push(0, 0)
      this.over[copy] = false
    })
    return this.states()
  }

  /** @param forceOf the sum of all that push a copy */
  step(forceOf: (copy: number) => readonly [number, number]): MassesStep {
    const ended: MassesStep['ended'] = []
    const rows = this.masses.map((mass, copy) => {
      const resetting = this.over[copy]!
      this.over[copy] = false
      if (resetting) mass.begin()
      if (resetting && this.autoreset === 'next_step') return { reward: 0, terminated: 0, truncated: 0 }
      mass.push(...forceOf(copy))
      const row = { reward: -mass.squared, ...this.end(mass) }
      if (row.terminated || row.truncated) {
        ended.push({ copy, state: mass.state })
        if (this.autoreset === 'same_step') mass.begin()
        else this.over[copy] = true
      }
      return row
    })
    return {
      states: this.states(),
      rewards: rows.map(({ reward }) => reward),
      terminations: rows.map(({ terminated }) => terminated),
      truncations: rows.map(({ truncated }) => truncated),
      ended,
    }
  }

  /** Isaac's tasks do not tell why they end: at the limit it is a time-out there, reached or not. */
  private end({ reached, late }: Mass): { terminated: number; truncated: number } {
    const terminated = reached && !(late && this.autoreset === 'next_step_acted')
    return { terminated: Number(terminated), truncated: Number(late && !terminated) }
  }

  private states(): State[] {
    return this.masses.map(({ state }) => state)
  }
}
