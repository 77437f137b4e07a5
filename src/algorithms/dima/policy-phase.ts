// An epoch's updates of the policy, inside the world model as it is now, as often as the epoch rule says.
import type { MetricLine } from '../../learning/learner.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { imaginationOf } from '../../worlds/dima/train/imagination.ts'
import { NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import type { Behaviour } from '../imagination/behaviour.ts'
import { improve } from '../imagination/improve.ts'
import type { Phase, RunParts } from './run-parts.ts'

/** Lines of metrics about the last update. */
export async function improvePolicy(
  behaviour: Behaviour,
  parts: RunParts,
  { position, ...phase }: Phase,
): Promise<MetricLine[]> {
  const { config, plan, intake } = parts
  await loadWorldModel(parts, phase.clock)
  return improve(behaviour, intake, {
    ...phase,
    updates: config.hyperparameters.behaviour.updatesPerEpoch * plan.rounds(position),
    rate: (share) => plan.behaviourRate(position, share),
    at: position,
  })
}

async function loadWorldModel({ lanes, task, config, intake }: RunParts, clock: PhaseClock): Promise<void> {
  const parameters = await Promise.all(NETWORK_NAMES.map((name) => lanes.learner(name).parameters()))
  const { plan } = config.hyperparameters.behaviour
  const { spec, graphs } = imaginationOf(task, { ...config, plan }, intake, parameters)
  await clock.time('imagine', () => lanes.load(spec, graphs))
}
