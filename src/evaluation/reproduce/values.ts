// Check 13, of our own: whether the critic knows what is earned. Its values of states of real episodes against the
// discounted rewards that followed; and no value beyond what the rewards, earned for ever, allow.
import { bounded, valueBounds } from '../../algorithms/imagination/bootstrap.ts'
import { criticValues } from '../../algorithms/policy/critic-values.ts'
import { agreement, earned } from '../../algorithms/policy/value-agreement.ts'
import { ValueNormaliser } from '../../algorithms/policy/value-normaliser.ts'
import { deviation } from '../../common/statistics.ts'
import { normaliseInto } from '../../learning/objectives.ts'
import { createCritic } from '../../networks/critic.ts'
import { SIGMA_DATA } from '../../worlds/dima/networks/presets.ts'
import type { Measure } from './measure.ts'
import type { Subject } from './subject.ts'

const SOURCE = '4.3'

export async function values({ model, episodes }: Subject): Promise<Measure[]> {
  const { gamma } = model.record.config.hyperparameters.behaviour
  const { states, returns } = earned(episodes, gamma)
  const predicted = await valuesOf(model, states)
  const found = agreement(predicted, returns)
  const reported = (figure: string, value: number): Measure => ({
    figure,
    value,
    source: SOURCE,
    why: 'discounted',
  })
  return [
    reported('mean value of real states', found.value),
    reported('mean of what was earned from them', found.earned),
    {
      figure: 'bias, in deviations of what was earned or of its mean',
      value: Math.abs(found.bias) / Math.max(Math.abs(found.earned), deviation(returns)),
      high: 0.3,
      source: SOURCE,
      why: 'above: the critic has drifted on values of its own, or the rewards of the model are wrong',
    },
    {
      figure: 'correlation of values and what was earned',
      value: found.correlation,
      low: 0.2,
      source: SOURCE,
      why: 'below: the critic tells no state from another, so that advantages are noise',
    },
    {
      figure: 'share of values beyond what rewards allow',
      value: shareBeyond(predicted, bounded(predicted, valueBounds(episodes, gamma))),
      high: 0.01,
      source: SOURCE,
      why: 'above: values feed on themselves',
    },
  ]
}

async function valuesOf({ record, checkpoint, spec }: Subject['model'], states: Float64Array) {
  const [mean, std] = [spec.normalisation.mean, spec.normalisation.std].map(Float64Array.from) as [
    Float64Array,
    Float64Array,
  ]
  const S = mean.length
  const inputs = new Float32Array(states.length)
  normaliseInto(inputs, 0, states, 0, states.length / S, { mean, std }, SIGMA_DATA)
  const critic = createCritic(S, record.config.policy.critic)
  const normaliser = new ValueNormaliser()
  normaliser.restore(checkpoint.behaviour!.normaliser)
  return normaliser.denormalise(await criticValues(critic, checkpoint.learners.critic!.p, inputs, S))
}

const shareBeyond = (values: Float32Array, within: Float32Array): number =>
  values.filter((value, i) => value !== within[i]).length / values.length

/** Of episodes that a time limit cuts the last 300 steps say nothing. */
export function missingValues({ model, episodes }: Subject): string | undefined {
  if (!model.checkpoint.learners.critic || !model.checkpoint.behaviour) return 'the run has no critic'
  const { returns } = earned(episodes, model.record.config.hyperparameters.behaviour.gamma)
  return returns.length > 1 ? undefined : 'all episodes are cut within 300 steps'
}
