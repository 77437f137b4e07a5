// Check 7: the denoiser's objective on held-out data, before and after training.
import { initialValues } from '../../common/parameters.ts'
import { denoiserBatches } from '../../worlds/dima/train/denoiser-batch.ts'
import { denoiserObjective } from '../../worlds/dima/train/denoiser-objective.ts'
import { dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import { lossByEpisode, unitsOf } from './held-out-loss.ts'
import { type Measure, typical } from './measure.ts'
import { onReference, type Subject } from './subject.ts'

/** Windows of an episode that a loss is averaged over. */
const [BATCHES, BATCH] = [4, 128]

export async function denoiserLoss(subject: Subject): Promise<Measure[]> {
  const { denoiser } = subject.model.networks
  const trained = subject.model.weights.denoiser
  return [
    ...typical({
      figure: 'F-space loss of fresh weights',
      values: await losses(subject, initialValues(denoiser.parameters, subject.seed), 1),
      // A random policy's episode has the variance of the training data within a few per cent; the random output bias
      // adds little. Episodes of a late policy differ from all that the statistics have seen.
      ...onReference(subject, { low: 0.9, high: 1.1 }),
      source: '9.2, 9.7',
      why: 'the target has variance 1 at every noise level and F starts near 0; else a scale is wrong',
    }),
    ...typical({
      figure: 'F-space loss, one agent visible',
      values: await losses(subject, trained, 1),
      // 7.4 ended at 0.207 in training. The hidden agent's action can't be known: far less would be a leak.
      ...onReference(subject, { low: 0.15, high: 0.25 }),
      source: '7.4, 9.7',
      why: 'above: undertrained, or past actions unused; below: the mask shows the hidden agent',
    }),
    ...typical({
      figure: 'F-space loss, all agents visible',
      values: await losses(subject, trained, 0),
      // 7.4 ended at 0.014 in training, 0.039 without offset noise; what was not seen in training costs a little more.
      ...onReference(subject, { high: 0.025 }),
      source: '7.4, 9.7',
      why: 'above: undertrained, overfitted, or an action that does not reach F',
    }),
  ]
}

/** By episode; one step a window, as the figures of method.md 7.4: not fed with own estimates, whatever the run trains. */
function losses(
  { model, episodes, seed }: Subject,
  weights: ReadonlyMap<string, Float32Array>,
  oneAgentShare: number,
): Promise<number[]> {
  const { record, networks, task } = model
  const config = {
    ...record.config.hyperparameters.denoiser,
    recency: [1], // one group: all that there is
    batch: BATCH,
    selfFed: 1,
    oneAgentShare,
    allAgentsShare: 1 - oneAgentShare,
  }
  const dims = dimensionsOf(task)
  const objective = denoiserObjective(networks.denoiser, dims, config)
  const begin = () => denoiserBatches(dims, config)
  return lossByEpisode(objective, begin, weights, {
    episodes,
    units: unitsOf(model),
    batches: BATCHES,
    seed,
  })
}
