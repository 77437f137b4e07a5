// The distribution that whole actions are drawn from, in tfjs: Gaussian in the numbers, categorical in the choices, all of
// them independent of each other (gaussian.ts, common/action-draw.ts).
import * as tf from '@tensorflow/tfjs-core'
import { type ActionLayout, groupsOf } from '../../common/action-layout.ts'
import type { AgentForm } from '../../env/agent-forms.ts'
import { byLayout, entries, type Heads } from '../../networks/action-heads.ts'
import * as gaussian from './gaussian.ts'

/** Actions [R, N, A] -> [R, N]. */
export function logProbability(
  actions: tf.Tensor,
  { mean, std }: Heads,
  forms?: readonly AgentForm[],
): tf.Tensor {
  if (!forms) return gaussian.logProbability(actions, mean, std)
  return byLayout(
    forms,
    (layout) => {
      const own = (x: tf.Tensor) => entries(x, 0, layout.box)
      const numbers = layout.box > 0 ? [gaussian.logProbability(own(actions), own(mean), own(std))] : []
      return total([
        ...numbers,
        ...overChoices(layout, (from, to) => tf.mul(entries(actions, from, to), logits(mean, from, to))),
      ])
    },
    0,
  )
}

/** [R, N] */
export function entropy({ mean, std }: Heads, forms?: readonly AgentForm[]): tf.Tensor {
  if (!forms) return gaussian.entropy(std)
  return byLayout(
    forms,
    (layout) => {
      const numbers = layout.box > 0 ? [gaussian.entropy(entries(std, 0, layout.box))] : []
      const ofChoices = overChoices(layout, (from, to) => {
        const log = logits(mean, from, to)
        return tf.neg(tf.mul(tf.exp(log), log))
      })
      return total([...numbers, ...ofChoices])
    },
    0,
  )
}

/** Logarithms of the options' probabilities. */
const logits = (mean: tf.Tensor, from: number, to: number) => tf.logSoftmax(entries(mean, from, to))

const overChoices = (layout: ActionLayout, perOption: (from: number, to: number) => tf.Tensor): tf.Tensor[] =>
  groupsOf(layout).map(({ from, to }) => tf.sum(perOption(from, to), -1))

const total = (parts: tf.Tensor[]): tf.Tensor => parts.reduce((sum, part) => tf.add(sum, part))
