// The states of a rollout as they are imagined, step by step, in the units and places where each is wanted: those that
// actions are taken in for the reward model, those that they lead to for the decoder and for the answer.
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'

export class ImaginedStates {
  /** [B, H, S] environment units */
  readonly states: Float64Array
  /** [B, H, S] the same, normalised */
  readonly after: Float32Array
  /** [B, horizon of the model, S] normalised s_t, in which action t is taken; zero beyond H */
  readonly before: Float32Array
  private readonly spec: DimaSpec
  private readonly rollout: Pick<Rollout, 'batch' | 'horizon'>

  /** @param start [B, S] x, the state that the first action is taken in */
  constructor(spec: DimaSpec, rollout: Pick<Rollout, 'batch' | 'horizon'>, start: Float32Array) {
    const { S } = lettersOf(spec)
    const { batch: B, horizon: H } = rollout
    this.spec = spec
    this.rollout = rollout
    this.states = new Float64Array(B * H * S)
    this.after = new Float32Array(B * H * S)
    this.before = new Float32Array(B * spec.horizon * S)
    for (let i = 0; i < B * S; i++)
      this.before[Math.floor(i / S) * spec.horizon * S + (i % S)] = start[i]! / spec.sampling.sigmaData
  }

  /** @param x [B, S] where action t leads */
  add(t: number, x: Float32Array): void {
    const { states, after, before, spec } = this
    const { batch: B, horizon: H } = this.rollout
    const { mean, std } = spec.normalisation
    const [S, sigmaData, P] = [mean.length, spec.sampling.sigmaData, spec.horizon]
    const isLast = t + 1 === H
    for (let row = 0; row < B; row++) {
      const [to, next] = [(row * H + t) * S, (row * P + t + 1) * S]
      for (let s = 0; s < S; s++) {
        const value = x[row * S + s]! / sigmaData
        states[to + s] = value * std[s]! + mean[s]!
        after[to + s] = value
        if (!isLast) before[next + s] = value
      }
    }
  }
}
