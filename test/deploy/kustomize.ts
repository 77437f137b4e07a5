// What `kubectl kustomize` makes of a folder of deploy/kubernetes, as far as those folders use it: resources, components,
// JSON patches, tags of images, generated ConfigMaps. Anything else in a kustomization is an error.
import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import { deploy } from './rules.ts'

export const KUBERNETES = fileURLToPath(deploy('kubernetes'))

/** An object of Kubernetes, whatever its kind. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own, and the validator knows them
  spec?: any
  data?: Record<string, string>
}

interface Operation {
  op: 'add' | 'remove' | 'replace'
  path: string
  value?: unknown
}

interface Kustomization {
  resources?: string[]
  components?: string[]
  patches?: { path?: string; patch?: string; target: { kind: string; name: string } }[]
  images?: { name: string; newTag: string }[]
  configMapGenerator?: { name: string; files: string[] }[]
}

const KNOWN = [
  'apiVersion',
  'kind',
  'generatorOptions',
  'resources',
  'components',
  'patches',
  'images',
  'configMapGenerator',
]

export const render = (overlay: string): Manifest[] => apply(join(KUBERNETES, overlay), [])

/** All documents of a file, as YAML 1.2. Throws for what is not well-formed. */
export function documentsOf(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.errors[0]) throw document.errors[0]
    return document.toJS() as Manifest
  })
}

export const kustomizationOf = (folder: string): Kustomization =>
  parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))

/** @param before objects that a component changes */
function apply(folder: string, before: Manifest[]): Manifest[] {
  const kustomization = kustomizationOf(folder)
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN.includes(key))
  if (unknown.length > 0) throw new Error(`${folder}: ${unknown} is not carried out here`)
  const {
    resources = [],
    components = [],
    patches = [],
    images = [],
    configMapGenerator = [],
  } = kustomization
  let objects = [...before, ...resources.flatMap((path) => resource(join(folder, path)))]
  objects.push(...configMapGenerator.map((generator) => configMap(folder, generator)))
  for (const path of components) objects = apply(join(folder, path), objects)
  for (const { path, patch, target } of patches) {
    const operations: Operation[] = parse(patch ?? readFileSync(join(folder, path!), 'utf8'))
    for (const object of matching(objects, target))
      operations.forEach((operation) => void change(object, operation))
  }
  for (const { name, newTag } of images) retag(objects, name, newTag)
  return objects
}

const resource = (path: string): Manifest[] =>
  statSync(path).isDirectory() ? apply(resolve(path), []) : documentsOf(path)

function configMap(folder: string, { name, files }: { name: string; files: string[] }): Manifest {
  const data = files.map((file) => [basename(file), readFileSync(join(folder, file), 'utf8')])
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: Object.fromEntries(data) }
}

function matching(objects: readonly Manifest[], { kind, name }: { kind: string; name: string }): Manifest[] {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name)
  if (found.length === 0) throw new Error(`nothing is patched: there is no ${kind} ${name}`)
  return found
}

/** RFC 6902. What is replaced or removed must be there. */
function change(object: object, { op, path, value }: Operation): void {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop()!
  const place = keys.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)?.[key], object)
  if (typeof place !== 'object' || place === null) throw new Error(`${path}: there is no such place`)
  const fields = place as Record<string, unknown>
  if (op !== 'add' && !(last in fields)) throw new Error(`${path}: there is nothing to ${op}`)
  if (op === 'remove') delete fields[last]
  else if (Array.isArray(place) && last === '-') place.push(value)
  else fields[last] = value
}

function retag(objects: readonly Manifest[], name: string, tag: string): void {
  const containers = objects.flatMap((object) => object.spec?.template?.spec?.containers ?? [])
  for (const container of containers)
    if (container.image.split(':')[0] === name) container.image = `${name}:${tag}`
}
