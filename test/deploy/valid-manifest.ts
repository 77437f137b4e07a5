// What is wrong with a manifest: by the schemas of Kubernetes' own API, of kubernetes-models; of others' resources, by the fields that are used.

import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import { Service } from 'kubernetes-models/v1/Service'
import Value from 'typebox/value'
import type { Manifest } from './kustomize.ts'
import { ScaledObject } from './scaled-object.ts'

interface Model {
  prototype: { validate(): void }
}

const MODELS: Record<string, Model> = {
  'v1 ConfigMap': ConfigMap,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'v1 Service': Service,
  'apps/v1 Deployment': Deployment,
  'apps/v1 StatefulSet': StatefulSet,
  'batch/v1 Job': Job,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
}

/** A line for each fault; none for a valid manifest. */
export function faultsOf(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`
  if (kind === 'keda.sh/v1alpha1 ScaledObject')
    return Value.Errors(ScaledObject, manifest).map(
      ({ instancePath, message }) => `${instancePath} ${message}`,
    )
  const model = MODELS[kind]
  return model ? faultsBy(model, manifest) : [`${kind} is not known here`]
}

function faultsBy(model: Model, manifest: Manifest): string[] {
  const read = new Map<object, Set<string>>()
  try {
    model.prototype.validate.call(watched(manifest, read)) // not of a Model: it would be a copy
  } catch (error) {
    return [(error as Error).message]
  }
  return unread(manifest, read, '')
}

/** The schemas allow any field besides those they know. So a field that their validators never look at is one they don't. */
function watched(object: object, read: Map<object, Set<string>>): object {
  const seen = read.get(object) ?? new Set<string>()
  read.set(object, seen)
  return new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof key === 'string') seen.add(key)
      return typeof value === 'object' && value !== null ? watched(value, read) : value
    },
  })
}

function unread(object: object, read: Map<object, Set<string>>, path: string): string[] {
  const seen = read.get(object)
  if (!seen) return [] // any value may stand there
  return Object.entries(object).flatMap(([key, value]) => {
    const place = `${path}/${key}`
    if (!Array.isArray(object) && !seen.has(key)) return [`${place} is not a field`]
    return typeof value === 'object' && value !== null ? unread(value, read, place) : []
  })
}
