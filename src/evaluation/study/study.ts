// Which plan predicts best, and at what action noise: one denoiser a data set, every plan on each. All that is finished is
// kept in the study's folder, so the same call goes on where it was cut off.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { NETWORK_PRESETS } from '../../worlds/dima/networks/presets.ts'
import { DATA_SETS, type DataSet, meanReturn, type Played } from './data-sets.ts'
import { type HeldOutLosses, heldOutLosses } from './held-out-losses.ts'
import { type PlanCost, planCosts } from './plan-costs.ts'
import { type PlanError, planErrors } from './plan-errors.ts'
import { closeWorld, simulatorOf, type TrainedDenoiser } from './subject.ts'
import { dataOf, denoiserHyperparameters, type Masks, trainDenoiser } from './train-denoiser.ts'

export interface StudyOptions {
  task: TaskSpec
  preset: PresetName
  /** the run's own denoiser */
  run: TrainedDenoiser & { updates: number }
  /** folder of the study */
  out: string
  updates: number
  segments: number
  seed: number
  onUpdate?: (denoiser: string, update: number, loss: number) => void
}

export interface StudiedDenoiser {
  /** that it is scored on, and trained on but for the run's own */
  dataSet: DataSet
  masks: Masks | 'run'
}

export interface DenoiserScores extends StudiedDenoiser {
  updates: number
  /** mean return of its episodes */
  return: number
  losses: HeldOutLosses
  errors: PlanError[]
}

/** What is trained, the most telling first: a study that is cut off has both ends of the noise. */
export const DENOISERS: readonly StudiedDenoiser[] = [
  ...['policy-0.3655', 'policy-0.11', 'policy-0.05', 'untrained-0.3655'].map((name) => named(name, 'mixed')),
  ...['policy-0.3655', 'policy-0.11'].map((name) => named(name, 'one')),
  ...DATA_SETS.map(({ name }) => named(name, 'run')),
]

function named(name: string, masks: StudiedDenoiser['masks']): StudiedDenoiser {
  return { dataSet: DATA_SETS.find((one) => one.name === name)!, masks }
}

export const denoiserName = ({ dataSet, masks }: StudiedDenoiser): string => `${dataSet.name}-${masks}`

/** Those named in `policy-0.11-one,policy-0.11-mixed`; all for an empty text. */
export function parseDenoisers(text: string): readonly StudiedDenoiser[] {
  if (text === '') return DENOISERS
  const [names, known] = [text.split(','), DENOISERS.map(denoiserName)]
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new DimaError('invalid_config', `there is no denoiser ${unknown}`, {
      field: 'only',
      expected: known.join(),
      given: unknown,
    })
  return DENOISERS.filter((one) => names.includes(denoiserName(one)))
}

/** Trains and scores one denoiser, or reads what was found before. */
export async function scoreDenoiser(
  denoiser: StudiedDenoiser,
  played: Played,
  options: StudyOptions,
): Promise<DenoiserScores> {
  const file = join(options.out, `${denoiserName(denoiser)}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const { segments, seed } = options
  const { train, heldOut } = played
  const trained = await denoiserOf(denoiser, train, options)
  const simulator = await simulatorOf(trained)
  const scores = {
    ...denoiser,
    updates: trained.updates,
    return: meanReturn([...train, ...heldOut]),
    losses: await heldOutLosses(trained, heldOut, seed),
    errors: await planErrors(simulator, heldOut, { segments, seed }),
  }
  await closeWorld(simulator)
  writeFileAtomic(file, json(scores))
  return scores
}

/** What there is, in the order of DENOISERS. */
export const finishedScores = (out: string): DenoiserScores[] =>
  DENOISERS.map((denoiser) => join(out, `${denoiserName(denoiser)}.json`))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')))

async function denoiserOf(
  denoiser: StudiedDenoiser,
  train: Episode[],
  { task, preset, out, updates, seed, run, onUpdate }: StudyOptions,
): Promise<StudyOptions['run']> {
  const { masks } = denoiser
  if (masks === 'run') return run
  const name = denoiserName(denoiser)
  const data = dataOf(train)
  const hyperparameters = denoiserHyperparameters(preset, masks)
  const training = { task, sizes: NETWORK_PRESETS[preset].denoiser, hyperparameters, updates, seed }
  const report = (update: number, loss: number) => onUpdate?.(name, update, loss)
  const { p: parameters } = await trainDenoiser(training, data, join(out, `${name}.learner`), report)
  return { task, preset, statistics: data.statistics, parameters, updates }
}

/** Of the run's denoiser: others differ in their weights alone. */
export async function timePlans(
  { heldOut }: Played,
  { out, run }: StudyOptions,
  rounds: number,
): Promise<PlanCost[]> {
  const file = join(out, 'costs.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const simulator = await simulatorOf(run)
  const costs = await planCosts(simulator, heldOut, rounds)
  await closeWorld(simulator)
  writeFileAtomic(file, json(costs))
  return costs
}

/** Writes study.json, or checks that the folder belongs to the very same study. */
export function claimStudy(out: string, identity: Record<string, unknown>): void {
  const file = join(out, 'study.json')
  mkdirSync(out, { recursive: true })
  if (!existsSync(file)) writeFileAtomic(file, json(identity))
  const kept = JSON.parse(readFileSync(file, 'utf8'))
  const field = Object.keys(identity).find((key) => !isDeepStrictEqual(kept[key], identity[key]))
  if (field === undefined) return
  throw new DimaError(
    'invalid_config',
    `${out} holds another study: ${field} differs; choose another --out`,
    {
      field,
    },
  )
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
