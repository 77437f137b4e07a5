// Judges live steps by their whole windows, as a rollout judges its steps: one causal pass, in which what follows a step
// does not matter. P horizon of the model, S state, N agents, A action.
import { type NamedTensors, type Tensor, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import type { Judged, RewardWindows, WindowJudge } from './reward-windows.ts'

export class WholeWindows implements WindowJudge {
  private readonly session: GraphSession
  private readonly spec: DimaSpec

  /** @param session graph `reward` */
  constructor(session: GraphSession, spec: DimaSpec) {
    this.session = session
    this.spec = spec
  }

  async judge(windows: RewardWindows): Promise<Judged> {
    return judgedBy(await this.session.run(wholeWindows(this.spec, windows)), windows.lengths)
  }
}

/** What graph `reward` takes of them. */
export function wholeWindows(
  spec: DimaSpec,
  { lengths, states, actions }: RewardWindows,
): { states: Tensor; actions: Tensor } {
  const { N, A, S } = lettersOf(spec)
  const [rows, P] = [lengths.length, spec.horizon]
  return {
    states: tensor([rows, P, S], padded(states, lengths, P * S)),
    actions: tensor([rows, P, N, A], padded(actions, lengths, P * N * A)),
  }
}

/** The last step of each, of what the graph gives. */
export const judgedBy = (out: NamedTensors, lengths: Uint32Array): Judged => ({
  rewards: lastOf(out.rewards!, lengths),
  probabilities: lastOf(out.termination_probabilities!, lengths),
})

/** Windows that follow each other, each as a row of `width` numbers: zeros after its last entry. */
function padded(data: Float32Array, lengths: Uint32Array, width: number): Float32Array {
  const whole = new Float32Array(lengths.length * width)
  const size = data.length / lengths.reduce((sum, length) => sum + length, 0)
  let from = 0
  for (let row = 0; row < lengths.length; row++) {
    const to = from + lengths[row]! * size
    whole.set(data.subarray(from, to), row * width)
    from = to
  }
  return whole
}

/** [rows, P] -> [rows] */
const lastOf = ({ data, shape: [, P = 0] }: Tensor, lengths: Uint32Array): Float32Array =>
  Float32Array.from(lengths, (length, row) => data[row * P + length - 1]!)
