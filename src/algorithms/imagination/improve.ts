// An epoch's updates of a policy inside its world model, which the lanes have loaded.
import { mean } from '../../common/statistics.ts'
import { type Episode, isSampled } from '../../episodes/replay/episode.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import type { Agreement } from '../policy/value-agreement.ts'
import type { Behaviour, BehaviourMetrics } from './behaviour.ts'

export interface Improving {
  /** updates to make */
  updates: number
  /** learning rate at a share of them */
  rate(share: number): number
  /** where the run is */
  at: { epoch: number; steps: number }
  clock: PhaseClock
  /** after every update, with the share that is done */
  onUpdate(losses: Record<string, number>, share: number): void
  signal?: AbortSignal | undefined
}

/** Lines of metrics about the last update. */
export async function improve(
  behaviour: Behaviour,
  data: Data,
  { updates, rate, at, clock, onUpdate, signal }: Improving,
): Promise<MetricLine[]> {
  let lines: MetricLine[] = []
  const real = await behaviour.agreement(data) // before it learns more
  for (let i = 0; i < updates && !signal?.aborted; i++) {
    const learning_rate = rate(i / updates)
    const metrics = await behaviour.update(data, learning_rate, clock)
    onUpdate({ actor: metrics.actor.loss!, critic: metrics.critic.loss! }, (i + 1) / updates)
    const update = { update: behaviour.state.updates, learning_rate }
    lines = linesOf(metrics, update, at, meanReward(newest(data.replay.episodes)))
  }
  return real ? [...lines, { epoch: at.epoch, steps: at.steps, ...valueMetrics(real) }] : lines
}

const valueMetrics = ({ value, earned, bias, correlation }: Agreement) => ({
  real_value: value,
  real_return: earned,
  value_bias: bias,
  value_correlation: correlation,
})

const linesOf = (
  { imagination, actor, critic }: BehaviourMetrics,
  update: MetricLine,
  { epoch, steps }: Improving['at'],
  true_reward: number,
): MetricLine[] => [
  { epoch, network: 'actor', ...update, ...actor },
  { epoch, network: 'critic', ...update, ...critic },
  { epoch, steps, ...imagination, true_reward, policy_std: actor.policy_std! },
]

/** Of those that the policy played by sampling, as it is imagined. */
const newest = (episodes: readonly Episode[]): Episode => episodes.findLast(isSampled) ?? episodes.at(-1)!

const meanReward = ({ rewards }: Episode): number => mean(rewards)
