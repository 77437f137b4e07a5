// Embeds the actions of a whole open-loop rollout at once. An embedding depends on the actions and on which are
// visible, not on the sample or the noise level, so each (visible set, step, row) is computed once.
import { concatenate, cutRows, rows, type Tensor, tensor } from '../../common/tensors.ts'
import type { Session } from '../session.ts'
import type { Level } from './plan.ts'
import type { Rollout } from './rollout.ts'
import { lettersOf, type SimulatorSpec } from './spec.ts'

/** Rows of one embedding call: bounds the Perceiver's memory, about 10 MB a row. */
const EMBED_ROWS = 256

/** The embeddings [B, E] of a visible set at a step. */
export type Embeddings = (visible: number[], step: number) => Float32Array

export async function embedActions(
  session: Session,
  spec: SimulatorSpec,
  rollout: Rollout,
  levels: Level[],
): Promise<Embeddings> {
  const { horizon: H } = rollout
  const windows = actionWindows(spec, rollout)
  const bySet = new Map<string, Float32Array>()
  for (const { visible } of levels) {
    const key = visible.join()
    if (!bySet.has(key)) bySet.set(key, await embedWindows(session, windows, visible))
  }
  return (visible, step) => {
    const all = bySet.get(visible.join())!
    const width = all.length / H
    return all.subarray(step * width, (step + 1) * width)
  }
}

/** The L joint actions that end with each step's: [H*B, L, N, A], step-major, so that a step's rows are contiguous. */
function actionWindows(
  spec: SimulatorSpec,
  { batch: B, horizon: H, actions, pastActions, windows }: Rollout,
): Tensor {
  const { L, N, A } = lettersOf(spec)
  const joint = N * A
  const [past, length] = [(L - 1) * joint, (L - 1 + H) * joint]
  const all = new Float32Array(B * length) // [B, L-1+H, N, A]
  for (let row = 0; row < B; row++) {
    const padding = (L - windows[row]!) * joint // slots before the first real action stay zero
    all.set(pastActions.subarray(row * past + padding, (row + 1) * past), row * length + padding)
    all.set(actions.subarray(row * H * joint, (row + 1) * H * joint), row * length + past)
  }
  const steps = Array.from({ length: H }, (_, t) => cutRows(all, B, t * joint, L * joint))
  return tensor([H * B, L, N, A], concatenate(steps))
}

/** windows [R, L, N, A] -> [R, E] */
export async function embedWindows(
  session: Session,
  windows: Tensor,
  visible: number[],
): Promise<Float32Array> {
  const [count = 0, L = 0, N = 0] = windows.shape
  const mask = visibility(Math.min(count, EMBED_ROWS), L, N, visible)
  const parts: Float32Array[] = []
  for (let from = 0; from < count; from += EMBED_ROWS) {
    const to = Math.min(count, from + EMBED_ROWS)
    const feeds = { actions: rows(windows, from, to), mask: rows(mask, 0, to - from) }
    parts.push((await session.run(feeds)).embedding!.data)
  }
  return concatenate(parts)
}

/** Past slots are all visible, the current one as given: [R, L, N] of 0 and 1. */
function visibility(count: number, L: number, N: number, visible: number[]): Tensor {
  const mask = tensor([count, L, N])
  for (let i = 0; i < mask.data.length; i++) {
    const [slot, agent] = [Math.floor(i / N) % L, i % N]
    mask.data[i] = slot < L - 1 || visible.includes(agent) ? 1 : 0
  }
  return mask
}
