// A bundle's manifest and documents in the words of the API. What only concerns the inside (files, graphs, the
// training command with its paths) stays inside.
import type { ModelDetail, ModelList, ModelSummary } from '../api/models.ts'
import { DimaError } from '../common/errors.ts'
import { readCard } from '../registry/card.ts'
import { type Bundle, readDocument } from '../registry/load.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { Repository } from '../registry/repository.ts'
import { kindOf } from '../worlds/kind-of.ts'
import type { Catalog } from './catalog.ts'
import type { ServerContext } from './context.ts'

export const modelList = (repository: Repository): ModelList => ({
  models: repository.names().map((name) => summary(repository.versions(name))),
})

/** Throws DimaError `unknown_model`. */
export async function modelDetail(
  { catalog, limits, device }: Pick<ServerContext, 'catalog' | 'limits' | 'device'>,
  reference: string,
): Promise<ModelDetail> {
  const { bundle, starts } = catalog.model(reference)
  const { repository, kinds } = catalog
  const { manifest } = bundle
  const { choices } = kindOf(kinds, manifest)
  return {
    ...choices.facts(manifest), // first: what all models have is not the kind's to tell
    ...versionOf(bundle),
    name: bundle.name,
    versions: repository.versions(bundle.name).map(versionOf),
    environment: manifest.environment,
    created_at: manifest.createdAt,
    agents: manifest.agents,
    spaces: { action: manifest.action, state: manifest.state, observation: manifest.observation },
    reward: manifest.reward,
    horizon: manifest.horizon,
    context: manifest.context,
    kind: manifest.kind,
    options: choices.fields,
    scores: snakeCase(manifest.scores) as Record<string, unknown>,
    training: training(manifest),
    policy: 'policy' in manifest.graphs,
    value: 'value' in manifest.graphs,
    body: await bodyOf(bundle),
    state_deviations: manifest.normalisation.std,
    terminates: manifest.terminates ?? true,
    start_states: starts.length,
    device,
    limits: { batch: limits.batch, stream_horizon: limits.streamHorizon },
    licence: manifest.licence,
    pictures: picturesOf(bundle),
    card: (await readCard(bundle)) ?? null,
    examples: await examplesOf(bundle),
  }
}

const picturesOf = ({ manifest }: Bundle): string[] =>
  manifest.documents.map(({ file }) => file).filter((file) => file.endsWith('.svg'))

/** Throws DimaError `unknown_model`, `not_found`. */
export async function modelPicture(catalog: Catalog, reference: string, picture: string): Promise<string> {
  const { bundle } = catalog.model(reference)
  const there = picturesOf(bundle)
  const text = there.includes(picture) ? await readDocument(bundle, picture) : undefined
  if (text !== undefined) return text
  throw new DimaError('not_found', `${bundle.name} has no picture ${picture}`, {
    field: 'picture',
    expected: there,
  })
}

/** Megabytes, which nobody shall be able to have read and parsed with every request. */
const examples = new WeakMap<Manifest, Promise<ModelDetail['examples']>>()

function examplesOf(bundle: Bundle): Promise<ModelDetail['examples']> {
  const { manifest } = bundle
  const known = examples.get(manifest)
  if (known) return known
  const reading = readProven(bundle)
  examples.set(manifest, reading)
  reading.catch(() => examples.delete(manifest))
  return reading
}

/** Checked by the proof; their hash says that they are still the same. */
async function readProven(bundle: Bundle): Promise<ModelDetail['examples']> {
  const text = await readDocument(bundle, 'examples.json')
  return snakeCase(JSON.parse(text ?? '[]')) as ModelDetail['examples']
}

/** A few kilobytes, checked by the proof. */
async function bodyOf(bundle: Bundle): Promise<ModelDetail['body']> {
  const text = await readDocument(bundle, 'body.json')
  return text === undefined ? null : (snakeCase(JSON.parse(text)) as ModelDetail['body'])
}

/** What the versions have in common is taken from the highest. */
function summary(versions: Bundle[]): ModelSummary {
  const { name, manifest } = versions.at(-1)!
  return {
    name,
    environment: manifest.environment,
    agents: manifest.agents.map((agent) => agent.name),
    horizon: manifest.horizon,
    versions: versions.map(versionOf),
  }
}

const versionOf = ({ version, digest, labels }: Bundle) => ({ version, digest, labels: [...labels] })

const training = ({ preset, training }: Manifest): ModelDetail['training'] => ({
  preset,
  commit: training.commit,
  environment_steps: training.environmentSteps,
  seed: training.seed,
  seconds: training.seconds,
})

/** Keys as the wire writes them: trueStates becomes true_states. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map(snakeCase)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), snakeCase(inner)]))
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
