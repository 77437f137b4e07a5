// What is scored on sets: the model of a run, or one that was published. Both play in their environment.
import { reopenSource } from '../../algorithms/reopen-source.ts'
import type { SourceFlags } from '../../episodes/sources/flags.ts'
import { openSource } from '../../episodes/sources/open-source.ts'
import { RANDOM_STD } from '../../episodes/sources/random-actions.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { compileGraphs } from '../../graph/serving-graph.ts'
import { readGraphs } from '../../registry/load.ts'
import { openRepository } from '../../registry/repository.ts'
import type { WeightType } from '../../registry/scores.ts'
import type { RunRecord } from '../../runs/run-folder.ts'
import { KINDS } from '../../worlds/kinds.ts'
import type { WorldSpec } from '../../worlds/world.ts'
import { readTrainedModel } from '../trained-model.ts'
import { withWeightType } from '../weight-type.ts'

export interface SetSubject {
  /** run folder, or `name/version` */
  model: string
  environment: string
  spec: WorldSpec
  graphs: Readonly<Record<string, Uint8Array>>
  /** where it is played, with a random policy as wide as the set has it. @param episodes how many of each set */
  open(flags: SourceFlags, episodes: number): Promise<EpisodeSource>
}

export async function ofRun(path: string, weights?: WeightType): Promise<SetSubject> {
  const model = withWeightType(await readTrainedModel(path), weights)
  const { task, spec, record } = model
  return {
    model: path,
    environment: task.name,
    spec,
    graphs: definedOf(compileGraphs(model)),
    open: (flags, episodes) => reopenSource(asWide(record), flags, episodes * task.episodeLimit),
  }
}

/** @param reference `name`, `name@label` or `name/version`. DimaError `unknown_model`, `invalid_bundle` */
export async function ofBundle(models: string, reference: string): Promise<SetSubject> {
  const bundle = (await openRepository(models, KINDS)).resolve(reference.replace('/', '@'))
  const { name, version, manifest } = bundle
  return {
    model: `${name}/${version}`,
    environment: manifest.environment,
    spec: manifest,
    graphs: await readGraphs(bundle),
    open: (flags, episodes) =>
      openSource({
        ...flags,
        task: manifest.environment,
        seed: 1, // of what nobody plays here
        policyStd: RANDOM_STD,
        steps: 1000 * episodes, // about: only for how many copies play
        heldOut: 0.1,
      }),
  }
}

const asWide = (record: RunRecord): RunRecord => {
  const { config } = record
  const hyperparameters = { ...config.hyperparameters, policyStd: RANDOM_STD }
  return { ...record, config: { ...config, hyperparameters } }
}

const definedOf = (graphs: Readonly<Record<string, Uint8Array | undefined>>): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(graphs).flatMap(([name, bytes]) => (bytes ? [[name, bytes]] : [])))
