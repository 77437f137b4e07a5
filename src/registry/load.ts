// Reads one bundle, models/<name>/<version>/, and refuses it by name and reason unless every part of it is as listed.
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { Body, wrongBody } from './body.ts'
import { contradiction, listedFiles, wrongStart } from './consistency.ts'
import { checkFile, readChecked, readRegular, refuse, sha256 } from './files.ts'
import { type BundleKind, type BundleKinds, requireOwn } from './kind.ts'
import { MOST } from './limits.ts'
import { Examples, FORMAT_VERSION, Manifest, OLDER_FORMAT, type Start, Starts } from './manifest.ts'

/** A checked bundle. Plain data, so that it can be sent to another process. */
export interface Bundle {
  readonly name: string
  readonly version: string
  /** sha256 of manifest.json; the manifest has the hash of every file, so it names the whole content. */
  readonly digest: string
  readonly manifest: Manifest
  readonly directory: string
  /** Labels that point to this version, for example `stable`. */
  readonly labels: readonly string[]
}

/**
 * Its files are as listed; what is in them is not looked at: documents are for checkDocuments, graphs for a proof.
 * @param known bundles of this folder that were checked before: one with the same manifest is not read again
 * Throws DimaError `invalid_bundle` naming `name/version` and the file.
 */
export function loadBundle(
  modelsDirectory: string,
  kinds: BundleKinds,
  name: string,
  version: string,
  known: readonly Bundle[] = [],
): Promise<Bundle> {
  return loadFolder(join(modelsDirectory, name, version), kinds, name, version, known)
}

/** As loadBundle, from a folder that need not have its final name yet. */
export async function loadFolder(
  directory: string,
  kinds: BundleKinds,
  name: string,
  version: string,
  known: readonly Bundle[] = [],
): Promise<Bundle> {
  const reference = `${name}/${version}`
  const bytes = await readManifest(directory, reference)
  const digest = sha256(bytes)
  const same = known.find((bundle) => bundle.version === version && bundle.digest === digest)
  if (same) return { ...same, labels: [] }
  const { manifest, kind } = parseManifest(bytes, reference, kinds)
  if (manifest.name !== name || manifest.version !== version)
    throw refuse(reference, `manifest.json is of ${manifest.name}/${manifest.version}`)
  const wrong = contradiction(manifest, kind)
  if (wrong) throw refuse(reference, `manifest.json: ${wrong}`)
  const bundle = { name, version, digest, manifest, directory, labels: [] }
  await checkFiles(bundle)
  return bundle
}

/** The bytes of its graphs, hashed in memory: what is returned is what was checked, whatever happens on the disk. */
export async function readGraphs({
  name,
  version,
  directory,
  manifest,
}: Bundle): Promise<Record<string, Buffer>> {
  const reading = Object.entries(manifest.graphs).map(
    async ([graph, listed]) => [graph, await readChecked(directory, `${name}/${version}`, listed)] as const,
  )
  return Object.fromEntries(await Promise.all(reading))
}

/** A document of the bundle, for example `examples.json`, or undefined when the bundle has none of that name. */
export async function readDocument(bundle: Bundle, file: string): Promise<string | undefined> {
  const listed = bundle.manifest.documents.find((document) => document.file === file)
  if (!listed) return undefined
  return (await readChecked(bundle.directory, `${bundle.name}/${bundle.version}`, listed)).toString('utf8')
}

/** Reads starts and examples: as long as they are, so not for the event loop of a server. DimaError `invalid_bundle`. */
export async function checkDocuments(bundle: Bundle): Promise<Start[]> {
  await readExamples(bundle)
  await readBody(bundle)
  return readStarts(bundle)
}

/** body.json of the bundle, or undefined when it has none. */
export async function readBody(bundle: Bundle): Promise<Body | undefined> {
  const body = await readJson(bundle, 'body.json', Body)
  const wrong = body && wrongBody(body, bundle.manifest.state.length)
  if (wrong) throw refuse(`${bundle.name}/${bundle.version}`, `body.json: ${wrong}`)
  return body
}

/** examples.json of the bundle; an empty list when it has none. */
export async function readExamples(bundle: Bundle): Promise<Examples> {
  const examples = (await readJson(bundle, 'examples.json', Examples)) ?? []
  const starts = examples.flatMap((example) => example.starts)
  checkStarts(bundle, starts, 'examples.json')
  return examples
}

/** Where sessions that name no start begin: starts.json, else the starts of the examples, else none. */
export async function readStarts(bundle: Bundle): Promise<Start[]> {
  const listed = await readJson(bundle, 'starts.json', Starts)
  if (!listed) return (await readExamples(bundle)).flatMap(({ starts }) => starts)
  checkStarts(bundle, listed.starts, 'starts.json')
  return listed.starts
}

function checkStarts({ name, version, manifest }: Bundle, starts: Start[], file: string): void {
  const wrong = wrongStart(manifest, starts)
  if (wrong) throw refuse(`${name}/${version}`, `${file}: ${wrong}`)
}

async function readJson<S extends TSchema>(
  bundle: Bundle,
  file: string,
  schema: S,
): Promise<Static<S> | undefined> {
  const text = await readDocument(bundle, file)
  if (text === undefined) return undefined
  const reference = `${bundle.name}/${bundle.version}`
  return check(schema, parseJson(text, reference, file), reference, file)
}

async function readManifest(directory: string, reference: string): Promise<Buffer> {
  const folder = await lstat(directory).catch(() => undefined)
  if (!folder?.isDirectory()) throw refuse(reference, 'is not a folder')
  return readRegular(directory, reference, 'manifest.json', MOST.manifestBytes)
}

/** The format version comes first, then the kind: either may change everything else. DimaError `invalid_bundle`. */
export function parseManifest(bytes: Buffer, reference: string, kinds: BundleKinds) {
  const text = bytes.toString('utf8')
  if (isDeep(text, MOST.depth)) throw refuse(reference, `manifest.json is deeper than ${MOST.depth} lists`)
  const raw = withKind(parseJson(text, reference, 'manifest.json'), reference, kinds)
  const kind = kindOf(raw.kind, reference, kinds)
  return { manifest: check(schemaOf(kind), raw, reference, 'manifest.json') as Manifest, kind }
}

/** As the present format has it. */
function withKind(
  raw: unknown,
  reference: string,
  { unnamed }: BundleKinds,
): { formatVersion?: unknown; kind?: unknown } {
  const { formatVersion: given } = (raw ?? {}) as { formatVersion?: unknown }
  if (given === FORMAT_VERSION) return raw as object
  if (given === OLDER_FORMAT && unnamed && !Object.hasOwn(raw as object, 'kind'))
    return { ...(raw as object), kind: unnamed, formatVersion: FORMAT_VERSION }
  throw refuse(
    reference,
    `manifest.json has formatVersion ${short(JSON.stringify(given))}, this server reads ${unnamed ? `${OLDER_FORMAT} without a kind, and ` : ''}${FORMAT_VERSION}`,
  )
}

function kindOf(given: unknown, reference: string, { table }: BundleKinds): BundleKind {
  if (typeof given === 'string' && Object.hasOwn(table, given)) return table[given]!
  const known = Object.keys(table).join(', ')
  throw refuse(reference, `manifest.json has kind ${short(JSON.stringify(given))}, this server has ${known}`)
}

function schemaOf({ name, fields }: BundleKind) {
  requireOwn(`kind ${name}: manifest`, fields, Manifest.properties)
  const properties = { ...Manifest.properties, ...fields, kind: Type.Literal(name) }
  return Type.Object(properties, { additionalProperties: false })
}

function check<S extends TSchema>(schema: S, raw: unknown, reference: string, file: string): Static<S> {
  if (Value.Check(schema, raw)) return raw as Static<S>
  // The last error is about the object that has the unknown field; the first would only say "schema is false".
  const errors = Value.Errors(schema, raw)
  const error = errors.find(({ keyword }) => keyword !== 'boolean') ?? errors[0]
  const unknown = (error?.params as { additionalProperties?: string[] } | undefined)?.additionalProperties
  const what = unknown ? `unknown field ${short(unknown.join(', '))}` : (error?.message ?? 'does not match')
  throw refuse(reference, `${file}${error?.instancePath.replaceAll('/', '.') ?? ''}: ${what}`)
}

/** Of what somebody has written: it goes into a message. */
const short = (text: string | undefined): string =>
  text && text.length > 100 ? `${text.slice(0, 100)}...` : `${text}`

/** Whether lists and objects are nested deeper than `most`; hyperparameters may hold anything. One walk, JSON or not. */
function isDeep(text: string, most: number): boolean {
  let [depth, quoted] = [0, false]
  for (let at = 0; at < text.length && depth <= most; at++) {
    const character = text[at]!
    if (character === '"') quoted = !quoted
    else if (quoted) at += character === '\\' ? 1 : 0
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
  }
  return depth > most
}

function parseJson(text: string, reference: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the file; naming the file is enough.
    throw refuse(reference, `${file} is not JSON`)
  }
}

/** What clients of hubs leave in a folder that they download. Never opened. */
export const HUB_LEFT: readonly string[] = ['.gitattributes', '.cache', '.git']

async function checkFiles(bundle: Bundle): Promise<void> {
  const { directory, manifest } = bundle
  const reference = `${bundle.name}/${bundle.version}`
  const listed = listedFiles(manifest)
  const allowed = new Set(['manifest.json', ...HUB_LEFT, ...listed.map(({ file }) => file)])
  for await (const { name: extra } of await opendir(directory))
    if (!allowed.has(extra)) throw refuse(reference, `${short(extra)} is not listed in manifest.json`)
  for (const file of listed) await checkFile(directory, reference, file)
}
