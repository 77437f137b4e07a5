// The models folder as a server sees it: every good version of every model, and what was refused and why.
// One bad bundle never takes the others along.
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../common/closest.ts'
import { DimaError } from '../common/errors.ts'
import { refuse } from './files.ts'
import type { BundleKinds } from './kind.ts'
import { readLabels } from './labels.ts'
import { MOST } from './limits.ts'
import { type Bundle, loadBundle } from './load.ts'

const DEFAULT = 'default'

/** Whether it is labelled as what is meant where no model is named. */
export const isDefault = ({ labels }: Pick<Bundle, 'labels'>): boolean => labels.includes(DEFAULT)

export interface Refusal {
  /** `name/version`, `name@label` or a folder's name. */
  readonly reference: string
  readonly reason: string
}

export class Repository {
  /** Sorted by name, then version, lowest first. */
  readonly bundles: readonly Bundle[]
  readonly refused: readonly Refusal[]
  /** Good ones that are not served yet: who asks for one is to ask again. */
  readonly pending: readonly Bundle[]

  constructor(bundles: readonly Bundle[], refused: readonly Refusal[] = [], pending: readonly Bundle[] = []) {
    this.bundles = [...bundles].sort(byNameAndVersion)
    this.refused = refused
    this.pending = [...pending].sort(byNameAndVersion)
  }

  /**
   * Without bundles that turned out unusable later on: they and the labels on them count as refused. Where `before`
   * served the same version from another content, it goes on.
   */
  without(unusable: readonly (Refusal & { digest: string })[], before?: Repository): Repository {
    const reasons = new Map(unusable.map(({ digest, reason }) => [digest, reason]))
    const bundles: Bundle[] = []
    const refused: Refusal[] = []
    for (const bundle of this.bundles) {
      const reason = reasons.get(bundle.digest)
      const { name, version, labels } = bundle
      const served = reason === undefined ? bundle : before?.find(name, version)
      if (served) bundles.push({ ...served, labels })
      if (reason === undefined) continue
      const lost = served ? [] : labels.map((label) => `${name}@${label}`)
      refused.push(...[`${name}/${version}`, ...lost].map((reference) => ({ reference, reason })))
    }
    return new Repository(bundles, [...this.refused, ...refused], this.pending)
  }

  find(name: string, version: string): Bundle | undefined {
    return this.bundles.find((bundle) => bundle.name === name && bundle.version === version)
  }

  names(): string[] {
    return [...new Set(this.bundles.map(({ name }) => name))]
  }

  /** All served versions of a model, lowest first. */
  versions(name: string): Bundle[] {
    return this.bundles.filter((bundle) => bundle.name === name)
  }

  /** Throws DimaError `not_ready` where the bundle is there and not served yet. */
  refusePending(digest: string): void {
    const found = this.pending.find((bundle) => bundle.digest === digest)
    if (found) throw notReady(`${found.name}@${found.version}`)
  }

  /**
   * `name@version`, `name@label` or `name`: the version labelled `stable` if there is one, else the highest.
   * Without a reference the only model, else the version labelled `default`. Throws DimaError `unknown_model`, or
   * `not_ready` of what is pending.
   */
  resolve(reference?: string): Bundle {
    if (reference === undefined) return this.unnamed()
    const [name = '', selector] = split(reference)
    const versions = this.versions(name)
    const pending = this.pending.filter((bundle) => bundle.name === name)
    if (versions.length === 0 && pending.length > 0) throw notReady(name)
    if (versions.length === 0)
      throw unknown(`no model named ${name}${didYouMean(name, this.names())}`, this.names())
    const found = selector === undefined ? this.preferred(versions) : select(versions, selector)
    if (found) return found
    throw select(pending, selector!) ? notReady(reference) : unknownSelector(versions, selector!)
  }

  private unnamed(): Bundle {
    const all = [...this.bundles, ...this.pending]
    const names = [...new Set(all.map(({ name }) => name))]
    if (names.length === 1) return this.resolve(names[0])
    const defaults = new Set(all.filter(isDefault).map(({ name }) => name))
    if (defaults.size === 1) return this.resolve(`${[...defaults][0]}@${DEFAULT}`)
    const several = defaults.size > 1 ? `, ${defaults.size} of them are labelled ${DEFAULT}` : ''
    throw unknown(`name a model: ${names.length} are served${several}`, names)
  }

  /** A `stable` that was refused must not turn into the latest version unnoticed: it may be an untried one. */
  private preferred(versions: Bundle[]): Bundle {
    const stable = select(versions, 'stable')
    const name = versions[0]!.name
    if (!stable && this.refused.some(({ reference }) => reference === `${name}@stable`))
      throw unknown(`the stable version of ${name} is not served`, selectors(versions))
    return stable ?? versions.at(-1)!
  }
}

/**
 * Loads every version of every model under `modelsDirectory`. Hidden folders and loose files are ignored.
 * @param before what is served until now: bundles with the same manifest are not read again, and what has become bad
 *   since then (not: what is gone) is refused and stays as it was
 * Throws DimaError `invalid_config` only when the folder itself can't be read.
 */
export async function openRepository(
  modelsDirectory: string,
  kinds: BundleKinds,
  before = new Repository([]),
): Promise<Repository> {
  const bundles: Bundle[] = []
  const refused: Refusal[] = []
  const names = await modelFolders(modelsDirectory)
  for (const name of names.slice(MOST.models))
    refused.push({ reference: name, reason: `the folder has more than ${MOST.models} models` })
  for (const name of names.slice(0, MOST.models)) {
    const model = await loadModel(modelsDirectory, kinds, name, before)
    bundles.push(...model.bundles)
    refused.push(...model.refused)
  }
  return new Repository(bundles, refused)
}

interface Model {
  bundles: Bundle[]
  refused: Refusal[]
}

async function loadModel(
  modelsDirectory: string,
  kinds: BundleKinds,
  name: string,
  before: Repository,
): Promise<Model> {
  const model: Model = { bundles: [], refused: [] }
  const old = before.versions(name)
  const labels = await attempt(model, name, () => readLabels(modelsDirectory, name))
  const folders = await attempt(model, name, () => versionFolders(modelsDirectory, name))
  const taken = folders && newest(model, name, folders, Object.values(labels ?? {}))
  for (const version of taken ?? old.map((bundle) => bundle.version)) {
    const bundle = await attempt(model, `${name}/${version}`, () =>
      loadBundle(modelsDirectory, kinds, name, version, old),
    )
    const served = bundle ?? before.find(name, version)
    if (served) model.bundles.push({ ...served, labels: [] })
  }
  for (const [label, version] of labels ? Object.entries(labels) : labelsOf(old))
    applyLabel(model, name, label, version)
  return model
}

/** The newest versions, and those with a label. */
function newest(model: Model, name: string, versions: string[], labelled: string[]): string[] {
  if (versions.length <= MOST.versions) return versions
  const reason = `has ${versions.length} versions; the newest ${MOST.versions} are taken, and those with a label`
  model.refused.push({ reference: name, reason })
  const last = versions.toSorted((a, b) => Number(b) - Number(a)).slice(0, MOST.versions)
  return [...new Set([...last, ...labelled.filter((version) => versions.includes(version))])]
}

const labelsOf = (bundles: readonly Bundle[]): [label: string, version: string][] =>
  bundles.flatMap(({ version, labels }) => labels.map((label): [string, string] => [label, version]))

function applyLabel(model: Model, name: string, label: string, version: string): void {
  const at = model.bundles.findIndex((bundle) => bundle.version === version)
  if (at < 0) {
    model.refused.push({
      reference: `${name}@${label}`,
      reason: `points to version ${version}, which is not served`,
    })
    return
  }
  const bundle = model.bundles[at]!
  model.bundles[at] = { ...bundle, labels: [...bundle.labels, label] }
}

async function attempt<T>(model: Model, reference: string, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task()
  } catch (error) {
    model.refused.push({ reference, reason: reasonOf(error) })
    return undefined
  }
}

/** A system error's message has the path in it; its code says enough. */
function reasonOf(error: unknown): string {
  if (error instanceof DimaError) return error.message
  return `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unexpected error'})`
}

export async function modelFolders(modelsDirectory: string): Promise<string[]> {
  try {
    return await folders(modelsDirectory)
  } catch (error) {
    // Read once, at start, where the operator needs the name of the folder.
    throw new DimaError('invalid_config', `the models folder ${modelsDirectory} ${reasonOf(error)}`)
  }
}

export async function versionFolders(modelsDirectory: string, name: string): Promise<string[]> {
  const directory = join(modelsDirectory, name)
  if (!(await lstat(directory)).isDirectory()) throw refuse(name, 'is a symbolic link')
  return folders(directory)
}

/** Links are kept, so that they are refused by name instead of being passed over. */
async function folders(directory: string): Promise<string[]> {
  const found: string[] = []
  let entries = 0
  for await (const entry of await opendir(directory)) {
    if (++entries > MOST.folderEntries)
      throw new DimaError('invalid_bundle', `has more than ${MOST.folderEntries} entries`)
    const seen = !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink())
    if (seen) found.push(entry.name)
  }
  return found.sort()
}

function split(reference: string): [string, string?] {
  const at = reference.indexOf('@')
  return at < 0 ? [reference] : [reference.slice(0, at), reference.slice(at + 1)]
}

const select = (versions: Bundle[], selector: string): Bundle | undefined =>
  versions.find(({ version, labels }) => version === selector || labels.includes(selector))

const selectors = (versions: Bundle[]): string[] =>
  versions.flatMap(({ name, version, labels }) =>
    [version, ...labels].map((selector) => `${name}@${selector}`),
  )

function unknownSelector(versions: Bundle[], selector: string): DimaError {
  const { name } = versions[0]!
  const labels = versions.flatMap((version) => version.labels)
  const message = `${name} has no version or label ${selector}${didYouMean(selector, labels)}`
  return unknown(message, selectors(versions))
}

const unknown = (message: string, expected: string[]): DimaError =>
  new DimaError('unknown_model', message, { field: 'model', expected })

const notReady = (what: string): DimaError =>
  new DimaError('not_ready', `${what} is being loaded`, { field: 'model' })

const byNameAndVersion = (a: Bundle, b: Bundle): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : Number(a.version) - Number(b.version)
