// World models to be timed beside each other: of run folders and of bundles, whatever their kind.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Static } from 'typebox'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { weightsFlag, withWeightType } from '../../../src/evaluation/weight-type.ts'
import { compileGraphs } from '../../../src/graph/serving-graph.ts'
import { readGraphs } from '../../../src/registry/load.ts'
import type { TrainedModel } from '../../../src/runs/trained-model.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../../src/worlds/open-simulator.ts'
import type { GraphBytes, WorldSpec } from '../../../src/worlds/world.ts'
import { chooseBundle, modelFlags } from '../model.ts'

export const subjectFlags = { models: modelFlags.models, ...weightsFlag }
type SubjectFlags = { models: string; weights?: Static<(typeof weightsFlag)['weights']> }

/** What a row says of the model. */
export interface About {
  kind: string
  task: string
  preset: string
  seed: number
  /** that it was trained for */
  steps: number
}

export interface Subject {
  about: About
  simulator: OpenSimulator
}

/** @param name a run folder, or a bundle as `--model` of other commands names it. DimaError `unknown_model` */
export async function openSubject(name: string, { models, weights }: SubjectFlags): Promise<Subject> {
  if (!existsSync(join(name, 'config.json'))) return ofBundle(models, name)
  const model = withWeightType(await readTrainedModel(name), weights)
  return { about: aboutRun(model), simulator: await open(model.spec, compileGraphs(model)) }
}

async function ofBundle(models: string, model: string): Promise<Subject> {
  const bundle = await chooseBundle({ models, model })
  const { environment, preset, training } = bundle.manifest
  const about = { preset, seed: training.seed, steps: training.environmentSteps }
  return {
    about: { kind: bundle.manifest.kind, task: taskOf(environment), ...about },
    simulator: await open(bundle.manifest, await readGraphs(bundle)),
  }
}

const aboutRun = ({ record: { config }, spec, task, environmentSteps }: TrainedModel): About => ({
  kind: spec.kind,
  task: taskOf(task.name),
  preset: config.preset,
  seed: config.seed,
  steps: environmentSteps,
})

const open = (spec: WorldSpec, graphs: GraphBytes): Promise<OpenSimulator> =>
  openSimulator(KINDS, spec, graphs, { threads: 1 })

/** As the page of results names it. */
const taskOf = (name: string): string => name.replace(/-v\d+$/, '')
