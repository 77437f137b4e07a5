// What an actor's numbers mean for agents whose actions are not all numbers: of a choice, `mean` has one logit an option; of
// padding it has nothing. Where every entry is a number of a box (no forms) they are what actions are drawn from.
import * as tf from '@tensorflow/tfjs-core'
import { type ActionLayout, entriesOf, groupsOf } from '../common/action-layout.ts'
import type { AgentForm } from '../env/agent-forms.ts'

/** By entry, [..., N, A] each. */
export interface Heads {
  mean: tf.Tensor
  std: tf.Tensor
}

/**
 * Means and deviations of the action's entries: of a choice the options' probabilities p and sqrt(p (1 - p)), of padding 0.
 */
export function momentsOf({ mean, std }: Heads, forms?: readonly AgentForm[]): Heads {
  if (!forms) return { mean, std }
  return {
    mean: byLayout(forms, (layout) => joined(layout, mean, mean, (logits) => tf.softmax(logits))),
    std: byLayout(forms, (layout) => joined(layout, std, mean, deviations)),
  }
}

function deviations(logits: tf.Tensor): tf.Tensor {
  const p = tf.softmax(logits)
  return tf.sqrt(tf.mul(p, tf.sub(1, p)))
}

/** The box's entries of `values`, what becomes of each choice's entries of `logits`, and zeros for padding. */
function joined(
  layout: ActionLayout,
  values: tf.Tensor,
  logits: tf.Tensor,
  ofChoice: (logits: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const width = values.shape.at(-1)!
  const parts = [
    ...(layout.box > 0 ? [entries(values, 0, layout.box)] : []),
    ...groupsOf(layout).map(({ from, to }) => ofChoice(entries(logits, from, to))),
  ]
  const known = parts.length > 1 ? tf.concat(parts, -1) : parts[0]!
  const padding = width - entriesOf(layout)
  return padding > 0
    ? tf.pad(known, [...known.shape.slice(1).map(() => [0, 0]), [0, padding]] as [number, number][])
    : known
}

/**
 * Computes for each layout that agents have, and takes of each its own agents' part.
 * @param compute [..., N, ...rest] for all agents as if they had this layout
 * @param rest axes behind the agents'
 */
export function byLayout(
  forms: readonly AgentForm[],
  compute: (layout: ActionLayout) => tf.Tensor,
  rest = 1,
): tf.Tensor {
  const names = forms.map(({ layout }) => JSON.stringify(layout))
  const kinds = [...new Set(names)]
  const parts = kinds.map((kind) => {
    const computed = compute(forms[names.indexOf(kind)]!.layout)
    if (kinds.length === 1) return computed
    const own = names.map((name) => (name === kind ? 1 : 0))
    return tf.mul(computed, tf.tensor(own, [forms.length, ...Array<number>(rest).fill(1)]))
  })
  return parts.reduce((sum, part) => tf.add(sum, part))
}

/** Entries `from` up to `to` of the last axis. */
export function entries(x: tf.Tensor, from: number, to: number): tf.Tensor {
  if (from === 0 && to === x.shape.at(-1)) return x
  const begin = x.shape.map((_, axis) => (axis === x.rank - 1 ? from : 0))
  const size = x.shape.map((_, axis) => (axis === x.rank - 1 ? to - from : -1))
  return tf.slice(x, begin, size)
}
