// Prometheus itself reads our configuration, scrapes a server and answers what the dashboard and the rules ask.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { busyApp } from './busy-app.ts'
import { missingTool, startPrometheus } from './prometheus.ts'
import { deploy } from './rules.ts'

const title = missingTool ? `Prometheus (skipped: ${missingTool})` : 'Prometheus'

interface Target {
  expr: string
}

const panels: { title: string; targets?: Target[] }[] = JSON.parse(
  readFileSync(deploy('grafana/dima.json'), 'utf8'),
).panels

/** As Grafana sends it, with a window that fits a scrape every 200 ms. */
const asked = ({ expr }: Target): string =>
  expr.replaceAll('$__rate_interval', '2s').replaceAll('$instance', '.*').replaceAll('$model', '.*')
const queriesOf = (panel: string): string[] =>
  panels.filter((one) => one.title === panel).flatMap(({ targets = [] }) => targets.map(asked))
const queries = panels.flatMap(({ targets = [] }) => targets.map(asked))

function promtool(args: string[], input = ''): void {
  const { status, stderr, stdout, error } = spawnSync('promtool', args, { encoding: 'utf8', input })
  expect(status, `${error ?? ''}${stdout}${stderr}`).toBe(0)
}

describe.skipIf(missingTool)(title, () => {
  test('finds rules and configuration valid', () => {
    promtool(['check', 'rules', fileURLToPath(deploy('prometheus/rules.yml'))])
    for (const file of ['prometheus/prometheus.yml', 'prometheus/compose.yml'])
      promtool(['check', 'config', fileURLToPath(deploy(file))])
  })

  test('finds the configuration for a cluster valid, but for the search, which Debian leaves out', () => {
    const text = readFileSync(deploy('prometheus/kubernetes.yml'), 'utf8')
    const search = 'kubernetes_sd_configs:\n      - role: pod'
    expect(text).toContain(search)
    const file = join(mkdtempSync(join(tmpdir(), 'dima-prometheus-')), 'prometheus.yml')
    writeFileSync(file, text.replace(search, 'static_configs:\n      - targets: [dima]'))
    promtool(['check', 'config', '--syntax-only', file]) // neither rules nor the key are beside it
  })

  test('finds nothing wrong with the names, types and texts of the metrics', async () => {
    const { app } = await busyApp()
    promtool(['check', 'metrics'], (await app.inject({ url: '/metrics' })).body)
  })

  test('every alert fires where it should and nowhere else', () => {
    promtool(['test', 'rules', fileURLToPath(new URL('./alerts.yml', import.meta.url))])
  })

  test('scrapes a server and answers the dashboard', async () => {
    const { app, work } = await busyApp()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const ask = await startPrometheus(`127.0.0.1:${port}`)
    const read = async (query: string): Promise<number> =>
      Number((await ask('query', { query })).data?.result[0]?.value[1])

    const [steps] = queriesOf('Imagined steps')
    const counted = async () => {
      work()
      return read(steps!)
    }
    await expect.poll(counted, { timeout: 20_000, interval: 100 }).toBeGreaterThan(0)
    expect(await read('up{job="dima"}')).toBe(1)
    expect(await read(queriesOf('Mean batch')[0]!)).toBeGreaterThan(1)

    for (const query of queries)
      expect(await ask('query', { query }), query).toMatchObject({ status: 'success' })

    const rulesOf = async () => {
      const { data } = await ask('rules')
      return data.groups.flatMap(({ rules }: { rules: object[] }) => rules)
    }
    await expect
      .poll(async () => [...new Set((await rulesOf()).map(({ health }: { health: string }) => health))])
      .toEqual(['ok'])
    const firing = (await rulesOf()).filter(({ alerts = [] }: { alerts?: object[] }) => alerts.length > 0)
    expect(firing.map(({ name }: { name: string }) => name)).toEqual([])
  })
})
