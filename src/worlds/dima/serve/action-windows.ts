// What the action encoder sees of a rollout: windows of the latest joint actions, the one to take last.
import { rows, type Tensor, tensor } from '../../../common/tensors.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import { SlidingWindows } from './sliding-windows.ts'

/** The joint actions before the first step, [B, L, N, A]: `push` brings each step's. Padding is zero. */
export function pastWindows(
  spec: DimaSpec,
  { batch: B, pastActions, windows }: Pick<Rollout, 'batch' | 'pastActions' | 'windows'>,
): Float32Array {
  const { L, N, A } = lettersOf(spec)
  const joint = N * A
  const data = new Float32Array(B * L * joint)
  for (let row = 0; row < B; row++) {
    const padding = (L - windows[row]!) * joint
    for (let i = padding; i < (L - 1) * joint; i++)
      data[row * L * joint + joint + i] = pastActions[row * (L - 1) * joint + i]!
  }
  return data
}

/** Those of given actions, several steps at a time, in a buffer that is used again. */
export class ActionWindows {
  private readonly windows: SlidingWindows
  private readonly rollout: Rollout
  private readonly buffer: Tensor
  private readonly joint: number
  private next = 0

  /** @param steps most at a time */
  constructor(spec: DimaSpec, rollout: Rollout, steps: number) {
    const { L, N, A } = lettersOf(spec)
    this.joint = N * A
    this.rollout = rollout
    this.windows = new SlidingWindows(pastWindows(spec, rollout), rollout.batch, N * A)
    this.buffer = tensor([steps * rollout.batch, L, N, A])
  }

  /** The next `steps` steps, [steps * B, L, N, A]: step-major, so that a step's rows are contiguous. */
  take(steps: number): Tensor {
    const { batch: B, horizon: H, actions } = this.rollout
    const { windows, buffer, joint } = this
    for (let i = 0; i < steps; i++, this.next++) {
      windows.push(actions, H * joint, this.next * joint)
      buffer.data.set(windows.data, i * windows.data.length)
    }
    return rows(buffer, 0, steps * B)
  }
}
