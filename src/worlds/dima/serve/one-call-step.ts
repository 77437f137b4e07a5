// A live step of many sessions as one call (graph `step` of composed-graphs.ts). M rows, L context, S state, N agents, A
// action, P horizon of the model.
import { type NamedTensors, rows, type Tensor, tensor } from '../../../common/tensors.ts'
import { CPU } from '../../../engine/device.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { repeated } from './action-embedding.ts'
import { areComposed, firstShown, shownAt } from './composed-levels.ts'
import type { DimaSpec } from './manifest.ts'
import type { Level } from './plan.ts'
import type { Judged, RewardWindows } from './reward-windows.ts'
import { scale } from './sampler.ts'
import { VisibilityMask } from './visibility-mask.ts'
import { judgedBy, wholeWindows } from './whole-windows.ts'

export interface StepInputs {
  /** [M, S] standard normal, which is scaled in place */
  noise: Tensor
  /** [M, L, S] x */
  context: Tensor
  /** [M, L, N, A] */
  actions: Tensor
  windows: RewardWindows
}

export interface Stepped {
  /** [M, S] x of the next states */
  carried: Float32Array
  /** [M, N, O] decoded, unless they are not asked for */
  observations: Float32Array | undefined
  judged: Judged
}

export class OneCallStep {
  private readonly session: GraphSession
  private readonly spec: DimaSpec

  constructor(session: GraphSession, spec: DimaSpec) {
    this.session = session
    this.spec = spec
  }

  /** Whether it can be done: the composed levels, and no more rows than are embedded at a time. */
  takes(levels: readonly Level[], count: number): boolean {
    return count <= this.policy.embedRows && areComposed(levels, this.spec)
  }

  async step(levels: readonly Level[], { noise, context, actions, windows }: StepInputs): Promise<Stepped> {
    const M = windows.lengths.length
    scale(noise.data, levels[0]!.sigma)
    const masks = firstShown(shownAt(levels)).map((level, i) => {
      const mask = new VisibilityMask(levels[level]!.visible)
      return [`mask_${i}`, mask.of(actions)]
    })
    const { states, actions: taken } = wholeWindows(this.spec, windows)
    const feeds = { noisy: noise, context, actions, states, taken, ...Object.fromEntries(masks) }
    const out = await this.runAlike(feeds, M)
    return {
      carried: out.next!.data,
      observations: out.observations!.data,
      judged: judgedBy(out, windows.lengths),
    }
  }

  /** Too few rows are computed several times, so that a row alone is computed as it is in company. */
  private async runAlike(feeds: NamedTensors, count: number): Promise<NamedTensors> {
    const times = Math.ceil(this.policy.fewestAlike / count)
    if (times === 1) return this.session.run(feeds)
    const many = Object.entries(feeds).map(([name, value]) => [name, repeated(value, times)])
    const out = await this.session.run(Object.fromEntries(many))
    return Object.fromEntries(
      Object.entries(out).map(([name, value]) => {
        const { data, shape } = rows(value, 0, count)
        return [name, tensor(shape, data.slice())]
      }),
    )
  }

  private get policy() {
    return this.session.policy ?? CPU
  }
}
