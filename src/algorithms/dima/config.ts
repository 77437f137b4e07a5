// What a run of DIMA, or of its world model alone, is: resolved from its flags, and read from its folder.
import { parseConfig } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { sum } from '../../common/statistics.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { DIMA_POLICY, type PolicyConfig, type PresetName } from '../../networks/policy-sizes.ts'
import { withOverrides } from '../../runs/overrides.ts'
import type { Algorithm, RunConfig } from '../../runs/run-config.ts'
import { withSizes } from '../../runs/sizes.ts'
import { NETWORK_PRESETS, type NetworksConfig } from '../../worlds/dima/networks/presets.ts'
import { sampledRows } from '../../worlds/dima/train/denoiser-batch.ts'
import { algorithmOf, stepsOf, type TrainFlags } from '../train-flags.ts'
import { evaluationEpisodes, tunedRobot } from '../tuned-task.ts'
import {
  DIMA_PRESETS,
  Hyperparameters,
  type PresetOverlay,
  ROBOT_PRESETS,
  TRAINING_PRESETS,
} from './hyperparameters.ts'
import { firstSteps, recordedSchedule } from './recorded-schedule.ts'

/** Of DIMA, and of its world model alone. */
export interface DimaConfig extends RunConfig {
  algorithm: 'dima' | 'world-model'
  networks: NetworksConfig
  hyperparameters: Hyperparameters
}

/** The hyper-parameters of a preset, a copy. */
export function presetOf(
  preset: PresetName,
  algorithm: Algorithm = 'world-model',
  task = '',
): Hyperparameters {
  const base = TRAINING_PRESETS[preset]
  const own = ROBOT_PRESETS[tunedRobot(task)]?.[preset] ?? {}
  if (algorithm === 'dima') {
    const learned = overlaid(overlaid(base, DIMA_PRESETS[preset]), own)
    return parseConfig(Hyperparameters, overlaid(learned, { evaluation: evaluationEpisodes(task) }))
  }
  const alone = { denoiser: own.denoiser ?? {}, behaviour: { updatesPerEpoch: 0 } }
  return parseConfig(Hyperparameters, overlaid(base, alone))
}

/** Of two overlays one, the second on top, group by group. */
function overlaid(base: PresetOverlay, top: PresetOverlay): PresetOverlay {
  const groups = Object.entries(top).map(([key, value]) => {
    const below = base[key as keyof PresetOverlay]
    const grouped = typeof value === 'object' && !Array.isArray(value)
    return [key, grouped ? { ...(below as object), ...value } : value]
  })
  return { ...base, ...Object.fromEntries(groups) }
}

/** The paper's plan comes with the paper's objective: one agent visible at a time (Algorithm 1), random levels of noise alone. */
const paperObjective = ({ batch, samplerShare }: Hyperparameters['denoiser']) => ({
  oneAgentShare: 1,
  allAgentsShare: 0,
  samplerShare: 0,
  batch: batch + sampledRows({ batch, samplerShare }),
})

/** @param source what it has recorded decides steps and schedule */
export function resolveConfig(
  flags: TrainFlags,
  source?: Pick<EpisodeSource, 'spec' | 'recorded'>,
): DimaConfig {
  const { preset, seed, threads, engine, device, plan, offsetNoise } = flags
  const algorithm = algorithmOf(flags) === 'dima' ? 'dima' : 'world-model'
  const run = source?.recorded
    ? recordedPlan(flags, source.spec.name, source.recorded)
    : { task: flags.task, steps: stepsOf(flags), hyperparameters: presetOf(preset, algorithm, flags.task) }
  const { denoiser } = run.hyperparameters
  if (plan === 'sequential') Object.assign(denoiser, paperObjective(denoiser))
  run.hyperparameters = withOverrides(Hyperparameters, run.hyperparameters, flags.set)
  if (source?.recorded) refuseExploration(run.hyperparameters)
  if (plan) run.hyperparameters.behaviour.plan = plan
  const { warmupSteps } = run.hyperparameters
  if (run.steps < warmupSteps) {
    throw new DimaError('invalid_config', `steps must be at least ${warmupSteps}, the warm-up`, {
      field: 'steps',
      given: run.steps,
    })
  }
  const networks = withSizes(NETWORK_PRESETS[preset], flags.sizes)
  if (offsetNoise !== undefined) networks.denoiser.offsetNoise = offsetNoise
  if (run.hyperparameters.denoiser.linearPath) networks.denoiser.linearPath = true
  const sizes = { networks, policy: policyOf(run.hyperparameters) }
  return { algorithm, ...run, preset, seed, threads, engine, device, ...sizes }
}

function refuseExploration({ exploration: { share } }: Hyperparameters): void {
  if (share === 0) return
  throw new DimaError('invalid_config', 'recorded episodes are played already: exploration.share is 0', {
    field: 'exploration.share',
    given: share,
  })
}

function policyOf({ behaviour: { spreadGain } }: Hyperparameters): PolicyConfig {
  if (spreadGain === 1) return DIMA_POLICY
  return { ...DIMA_POLICY, actor: { ...DIMA_POLICY.actor, spreadGain } }
}

function recordedPlan(
  { preset, algorithm = 'world-model', steps = Number.POSITIVE_INFINITY }: TrainFlags,
  task: string,
  lengths: readonly number[],
) {
  if (algorithm !== 'world-model') {
    const message = `${algorithm} plays in an environment; of recorded episodes only a world model can be learned`
    throw new DimaError('invalid_config', message, { field: 'algorithm', given: algorithm })
  }
  const used = firstSteps(lengths, steps)
  const whole = sum(used)
  return {
    task,
    steps: Math.min(steps, whole),
    hyperparameters: recordedSchedule(presetOf(preset, 'world-model', task), used),
  }
}

/** Of a run folder; what came to be an option later has its default, and runs from before policies were learned learn none. */
export function restoreDima(config: RunConfig): DimaConfig {
  const given = { behaviour: { updatesPerEpoch: 0 }, ...config.hyperparameters }
  return { ...config, hyperparameters: parseConfig(Hyperparameters, given) } as DimaConfig
}
