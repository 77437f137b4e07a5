// The manifests of deploy/kubernetes: valid, one with another, and with what the server is and has.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readSweep } from '../../src/algorithms/sweep/sweep.ts'
import { readConfig } from '../../src/server/config.ts'
import { ServerConfig } from '../../src/server/settings.ts'
import { busyApp } from './busy-app.ts'
import { environmentOf, execForm, last, stageOf } from './dockerfile.ts'
import { KUBERNETES, kustomizationOf, type Manifest, render } from './kustomize.ts'
import { exported, missing } from './promql.ts'
import { faultsOf } from './valid-manifest.ts'

const OVERLAYS = ['cpu', 'gpu', 'fleet', 'sweep'] as const
const rendered = Object.fromEntries(OVERLAYS.map((overlay) => [overlay, render(overlay)])) as Record<
  (typeof OVERLAYS)[number],
  Manifest[]
>
const SERVING = ['cpu', 'gpu', 'fleet'] as const
const find = (objects: Manifest[], kind: string, name = 'dima'): Manifest => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
  if (!found) throw new Error(`there is no ${kind} ${name}`)
  return found
}
const podOf = ({ spec }: Manifest) => spec.template.spec
const openapi = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))

interface Variable {
  name: string
  value?: string
  valueFrom?: { secretKeyRef: { name: string; key: string } }
}

/** What closing may take besides the time for running requests: CLOSING_MS of src/server/serve.ts. */
const CLOSING_SECONDS = 15

describe.each(OVERLAYS)('%s', (overlay) => {
  const objects = rendered[overlay]

  test('has valid objects, each once', () => {
    for (const object of objects)
      expect(faultsOf(object), `${object.kind} ${object.metadata.name}`).toEqual([])
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(new Set(names).size).toBe(names.length)
  })

  const workloads = objects.filter(({ spec }) => spec?.template)

  test('runs as a user who can change nothing and become nobody else', () => {
    expect(workloads.length).toBeGreaterThan(0)
    for (const workload of workloads) {
      const { containers, securityContext, ...pod } = podOf(workload)
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(securityContext.runAsUser).toBeGreaterThan(0)
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false })
      for (const container of containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container.resources.limits).toHaveProperty('memory')
      }
    }
  })

  test('mounts volumes that there are, of claims, secrets and files that there are', () => {
    for (const workload of workloads) {
      const { containers, volumes = [] } = podOf(workload)
      const claimed = (workload.spec.volumeClaimTemplates ?? []).map((one: Manifest) => one.metadata.name)
      const names = [...volumes.map(({ name }: { name: string }) => name), ...claimed]
      const mounted = containers.flatMap((one: { volumeMounts: { name: string }[] }) =>
        one.volumeMounts.map(({ name }) => name),
      )
      expect([...new Set(mounted)].sort()).toEqual(names.sort())
      for (const { persistentVolumeClaim, configMap } of volumes) {
        if (persistentVolumeClaim) find(objects, 'PersistentVolumeClaim', persistentVolumeClaim.claimName)
        if (configMap) find(objects, 'ConfigMap', configMap.name)
      }
    }
  })

  test('selects pods that there are', () => {
    const labels = workloads.map(({ spec }) => spec.template.metadata.labels)
    const has = (wanted: object) => expect(labels).toContainEqual(expect.objectContaining(wanted))
    for (const { kind, spec } of objects) {
      if (kind === 'Service') has(spec.selector)
      if (kind === 'PodDisruptionBudget' || spec?.template) if (spec.selector) has(spec.selector.matchLabels)
      if (kind === 'NetworkPolicy') has(spec.podSelector.matchLabels)
    }
  })
})

describe.each(SERVING)('the server of %s', (overlay) => {
  const objects = rendered[overlay]
  const deployment = find(objects, 'Deployment')
  const [container] = podOf(deployment).containers
  const secrets = /^(STORE_PASSWORD)$/ // named by other variables alone
  const given: Variable[] = container.env
  const values = Object.fromEntries(given.map(({ name, value }) => [name, value]))
  const image = {
    ...environmentOf(stageOf('server')),
    ...(overlay === 'gpu' && environmentOf(stageOf('cuda'))),
  }

  test('has settings that it starts with, each once', () => {
    const names = given.map(({ name }) => name).filter((name) => !secrets.test(name))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(ServerConfig.properties).toHaveProperty(name)
    const config = readConfig({ ...image, ...values })
    expect(config.DEVICE).toBe(overlay === 'gpu' ? 'cuda' : 'cpu')
    const memory = Number(/^(\d+)Gi$/.exec(container.resources.limits.memory)![1]) * 1024
    expect(config.PROOF_MEMORY_MIB).toBeLessThan(memory)
  })

  test('finds models and keys where they are mounted, and its image runs as the user', () => {
    const { MODELS, KEYS } = readConfig({ ...image, ...values })
    const mounts: { name: string; mountPath: string }[] = container.volumeMounts
    expect(mounts.find(({ name }) => name === 'models')!.mountPath).toBe(MODELS)
    expect(mounts.find(({ name }) => name === 'keys')!.mountPath).toBe(dirname(KEYS))
    const { runAsUser, runAsGroup } = podOf(deployment).securityContext
    expect(last(stageOf('server'), 'USER')!.text).toBe(`${runAsUser}:${runAsGroup}`)
    expect(container.image).toBe(overlay === 'gpu' ? 'dima:cuda' : 'dima:latest')
  })

  test('is asked for its health at routes without a key, on its port', () => {
    const { PORT } = readConfig({ ...image, ...values })
    expect(container.ports).toEqual([{ name: 'http', containerPort: PORT }])
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path, port } = container[probe].httpGet
      expect(port).toBe('http')
      expect(Object.keys(openapi.paths[path].get.responses), `${probe} ${path}`).not.toContain('401')
    }
    const [service] = find(objects, 'Service').spec.ports
    expect(service.targetPort).toBe('http')
    expect(find(objects, 'NetworkPolicy').spec.ingress[0].ports[0].port).toBe('http')
  })

  test('has the time that stopping takes', () => {
    const { DRAIN_SECONDS } = readConfig({ ...image, ...values })
    const { terminationGracePeriodSeconds } = podOf(deployment)
    const sleep = container.lifecycle.preStop.sleep.seconds
    expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + DRAIN_SECONDS + CLOSING_SECONDS)
    const { periodSeconds, failureThreshold } = container.readinessProbe
    expect(sleep).toBeGreaterThan(periodSeconds * failureThreshold)
  })

  test('is updated and drained without a gap', () => {
    const { maxUnavailable, maxSurge } = deployment.spec.strategy.rollingUpdate
    expect([maxUnavailable, maxSurge]).toEqual(overlay === 'gpu' ? [1, 0] : [0, 1])
    expect(find(objects, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1)
    const least = find(rendered.fleet, 'ScaledObject').spec.minReplicaCount
    expect(deployment.spec.replicas ?? least).toBeGreaterThan(1)
  })
})

describe('the store of fleet', () => {
  const { fleet } = rendered
  const store = podOf(find(fleet, 'StatefulSet', 'dima-store')).containers[0]
  const env: Variable[] = podOf(find(fleet, 'Deployment')).containers[0].env
  const url = new URL(env.find(({ name }) => name === 'SESSION_STORE')!.value!.replace(/\$\(.*\)/, 'x'))

  test('is where the servers look for it', () => {
    const service = find(fleet, 'Service', url.hostname).spec.ports[0]
    expect(Number(url.port)).toBe(service.port)
    expect(store.ports[0]).toEqual({ name: service.targetPort, containerPort: service.port })
    for (const [policy, way] of [
      ['dima', 'egress'],
      ['dima-store', 'ingress'],
    ] as const)
      expect(find(fleet, 'NetworkPolicy', policy).spec[way][0].ports[0].port).toBe(service.port)
  })

  test('has the password that they give', () => {
    const of = (variables: Variable[]) => variables.find(({ valueFrom }) => valueFrom)!.valueFrom
    expect(of(store.env)).toEqual(of(env))
    const at = (name: string) => env.findIndex((variable) => variable.name === name)
    expect(at('STORE_PASSWORD')).toBeLessThan(at('SESSION_STORE')) // else it is not filled in
  })

  test('has twice the memory that it may fill', () => {
    expect(store.args[store.args.indexOf('--maxmemory') + 1]).toBe('1gb')
    expect(store.resources.limits.memory).toBe('2Gi')
    expect(store.args).toContain('noeviction')
  })
})

describe('the scaling of fleet', () => {
  const { scaleTargetRef, triggers } = find(rendered.fleet, 'ScaledObject').spec
  const target = find(rendered.fleet, 'Deployment', scaleTargetRef.name)
  const [scraped] = parse(readFileSync('deploy/prometheus/kubernetes.yml', 'utf8')).scrape_configs

  test('asks for metrics and labels that a running app exports', async () => {
    const { app } = await busyApp()
    const series = exported((await app.inject({ url: '/metrics' })).body)
    for (const { name, metadata } of triggers) expect(missing(metadata.query, series), name).toEqual([])
    for (const { metadata } of triggers) expect(metadata.query).toContain(`job="${scraped.job_name}"`)
  })

  test('is of the pods that Prometheus finds', () => {
    const [kept] = scraped.relabel_configs
    const { labels } = target.spec.template.metadata
    const [{ name: port }] = podOf(target).containers[0].ports
    expect(kept.source_labels).toEqual([
      '__meta_kubernetes_pod_label_app_kubernetes_io_name',
      '__meta_kubernetes_pod_container_port_name',
    ])
    expect(kept).toMatchObject({ regex: `${labels['app.kubernetes.io/name']};${port}`, action: 'keep' })
  })

  test('is alone in saying how many replicas there are', () => {
    expect(target.spec).not.toHaveProperty('replicas')
  })
})

describe('the sweep', () => {
  const job = find(rendered.sweep, 'Job', 'dima-sweep').spec
  const [container] = job.template.spec.containers

  test('has an index for each line of its file', () => {
    const file = join(KUBERNETES, 'sweep/sweep.jsonl')
    expect(job).toMatchObject({ completionMode: 'Indexed', completions: readSweep(file, {}).length })
    expect(find(rendered.sweep, 'ConfigMap', 'dima-sweep').data).toEqual({
      'sweep.jsonl': readFileSync(file, 'utf8'),
    })
  })

  test('starts the trainer of the image, where run folders come to lie on the volume', () => {
    const [node, server] = execForm(last(stageOf('server'), 'CMD')!.text)
    const work = last(stageOf('server'), 'WORKDIR')!.text
    const trainer = server!.replace('start', 'train')
    expect(container.command.slice(0, 4)).toEqual([
      node,
      `${work}/${trainer}`,
      '--sweep',
      '/sweep/sweep.jsonl',
    ])
    const mounts = container.volumeMounts.map(({ name, mountPath }: Record<string, string>) => [
      name,
      mountPath,
    ])
    expect(Object.fromEntries(mounts)).toMatchObject({
      runs: `${container.workingDir}/runs`,
      sweep: '/sweep',
    })
  })

  test('may fail by index', () => {
    expect(job.backoffLimitPerIndex).toBeGreaterThan(0) // which wants the policy Never
    expect(job.template.spec.restartPolicy).toBe('Never')
  })
})

test('every file of deploy/kubernetes is used', () => {
  const used = readdirSync(KUBERNETES).flatMap((folder) => {
    const {
      resources = [],
      patches = [],
      configMapGenerator = [],
    } = kustomizationOf(join(KUBERNETES, folder))
    const files = [
      ...resources,
      ...patches.map(({ path }) => path),
      ...configMapGenerator.flatMap(({ files }) => files),
    ]
    return [
      'kustomization.yaml',
      ...files.filter((file) => file?.includes('.') && !file.startsWith('..')),
    ].map((file) => join(folder, file!))
  })
  const all = readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.includes('.'),
  )
  expect(used.sort()).toEqual(all.sort())
})

test('faults are found', () => {
  const faulty = (change: (spec: Manifest['spec']) => void) => {
    const deployment = find(render('cpu'), 'Deployment')
    change(deployment.spec)
    return faultsOf(deployment)
  }
  expect(faulty((spec) => (spec.replicas = 'two'))).toEqual([
    expect.stringContaining('replicas must be integer'),
  ])
  expect(faulty((spec) => (spec.template.spec.containers[0].lifecycle.preStop.slep = {}))).toEqual([
    '/spec/template/spec/containers/0/lifecycle/preStop/slep is not a field',
  ])
  expect(faulty((spec) => delete spec.template.spec.containers)).not.toEqual([])
  const scaled = find(render('fleet'), 'ScaledObject')
  scaled.spec.triggers[0].metadata.treshold = '1'
  expect(faultsOf(scaled)).not.toEqual([])
})
