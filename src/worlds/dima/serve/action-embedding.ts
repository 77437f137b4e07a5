// Embeds joint actions for the denoiser. An embedding depends on the actions and on which are visible, not on the sample
// or the noise level, so each (visible set, step, row) is computed once, those of an open-loop rollout all together.
import { concatenate, cutRows, pasteRows, rows, type Tensor, tensor } from '../../../common/tensors.ts'
import { CPU } from '../../../engine/device.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import type { Level } from './plan.ts'

/** The embeddings [R, E] of a visible set. */
export type Embeddings = (visible: number[]) => Float32Array

/** Embeds windows [R, L, N, A] for every visible set of the levels. */
export async function embedLevels(
  session: GraphSession,
  windows: Tensor,
  levels: Level[],
): Promise<Embeddings> {
  const bySet = new Map<string, Float32Array>()
  for (const { visible } of levels) {
    const key = visible.join()
    if (!bySet.has(key)) bySet.set(key, await embedWindows(session, windows, visible))
  }
  return (visible) => bySet.get(visible.join())!
}

/** The same for every step of a rollout, of which all actions are known: step -> embeddings of its B rows. */
export async function embedActions(
  session: GraphSession,
  spec: DimaSpec,
  rollout: Rollout,
  levels: Level[],
): Promise<(step: number) => Embeddings> {
  const { batch: B, horizon: H } = rollout
  const { L, N, A } = lettersOf(spec)
  const timeline = actionTimeline(spec, rollout)
  // Step-major, so that a step's rows are contiguous.
  const steps = Array.from({ length: H }, (_, t) => cutRows(timeline, B, t * N * A, L * N * A))
  const all = await embedLevels(session, tensor([H * B, L, N, A], concatenate(steps)), levels)
  return (step) => (visible) => {
    const embedded = all(visible)
    const width = embedded.length / H
    return embedded.subarray(step * width, (step + 1) * width)
  }
}

/** Past and given actions one after the other; step t sees the L from t on. Padding is zero. [B, L-1+H, N, A] */
export function actionTimeline(
  spec: DimaSpec,
  { batch: B, horizon: H, actions, pastActions, windows }: Rollout,
): Float32Array {
  const { L, N, A } = lettersOf(spec)
  const joint = N * A
  const [past, length] = [(L - 1) * joint, (L - 1 + H) * joint]
  const timeline = new Float32Array(B * length)
  for (let row = 0; row < B; row++) {
    const padding = (L - windows[row]!) * joint
    timeline.set(pastActions.subarray(row * past + padding, (row + 1) * past), row * length + padding)
  }
  pasteRows(timeline, B, past, actions)
  return timeline
}

/** Windows of joint actions [R, L, N, A], the last of which shows only the `visible` agents -> [R, E]. */
async function embedWindows(
  session: GraphSession,
  windows: Tensor,
  visible: number[],
): Promise<Float32Array> {
  const [count = 0, L = 0, N = 0] = windows.shape
  const mask = visibility(Math.min(count, CPU.embedRows), L, N, visible)
  const parts: Float32Array[] = []
  for (let from = 0; from < count; from += CPU.embedRows) {
    const to = Math.min(count, from + CPU.embedRows)
    parts.push(await embedPart(session, rows(windows, from, to), rows(mask, 0, to - from)))
  }
  return concatenate(parts)
}

/** Too few rows are embedded several times, so that a row alone is computed as it is in company. */
async function embedPart(session: GraphSession, actions: Tensor, mask: Tensor): Promise<Float32Array> {
  const times = Math.ceil(CPU.fewestAlike / actions.shape[0]!)
  if (times === 1) return (await session.run({ actions, mask })).embedding!.data
  const feeds = { actions: repeated(actions, times), mask: repeated(mask, times) }
  const { data } = (await session.run(feeds)).embedding!
  return data.subarray(0, data.length / times)
}

const repeated = ({ data, shape: [rows = 0, ...rest] }: Tensor, times: number): Tensor =>
  tensor([times * rows, ...rest], concatenate(Array.from({ length: times }, () => data)))

/** Past slots are all visible, the current one as given: [R, L, N] of 0 and 1. */
function visibility(count: number, L: number, N: number, visible: number[]): Tensor {
  const mask = tensor([count, L, N])
  for (let i = 0; i < mask.data.length; i++) {
    const [slot, agent] = [Math.floor(i / N) % L, i % N]
    mask.data[i] = slot < L - 1 || visible.includes(agent) ? 1 : 0
  }
  return mask
}
