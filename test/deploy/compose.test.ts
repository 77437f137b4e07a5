import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/server/config.ts'
import { ServerConfig } from '../../src/server/settings.ts'
import { environmentOf, stageOf } from './dockerfile.ts'
import { deploy } from './rules.ts'

interface Service {
  image: string
  environment?: Record<string, string>
  ports: string[]
  volumes: string[]
  depends_on?: object
}

const read = (file: string) => parse(readFileSync(deploy(file), 'utf8'))
const compose = read('compose.yaml') as { services: Record<string, Service>; volumes: object }
const { dima, prometheus, grafana } = compose.services as Record<'dima' | 'prometheus' | 'grafana', Service>
const image = environmentOf(stageOf('server'))

describe('the compose file', () => {
  test('mounts what there is', () => {
    for (const { volumes } of Object.values(compose.services))
      for (const volume of volumes) {
        const [from] = volume.split(':') as [string]
        const there = from.startsWith('.') ? existsSync(deploy(from)) : from in compose.volumes
        expect(there, volume).toBe(true)
      }
  })

  test('publishes on loopback alone, and names versions of what it takes from others', () => {
    for (const [name, { ports, image }] of Object.entries(compose.services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
      if (name !== 'dima') expect(image).toMatch(/^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/)
    }
  })

  test('gives the server settings that it starts with', () => {
    for (const name of Object.keys(dima.environment!)) expect(ServerConfig.properties).toHaveProperty(name)
    const config = readConfig({ ...image, ...dima.environment })
    expect(dima.ports).toEqual([`127.0.0.1:8080:${config.PORT}`])
    expect(dima.volumes).toEqual([`../models:${config.MODELS}:ro`])
    expect((dima as unknown as { stop_grace_period: string }).stop_grace_period).toBe(
      `${config.DRAIN_SECONDS + 5}s`,
    )
    expect(config.ALLOWED_HOSTS).toBe('dima') // as Prometheus calls it
  })

  test('lets Prometheus scrape the server, with the rules', () => {
    const { scrape_configs, rule_files } = read('prometheus/compose.yml')
    expect(scrape_configs[0].static_configs[0].targets).toEqual([`dima:${image.PORT}`])
    expect(scrape_configs[0].job_name).toBe('dima') // as in the alerts
    expect(rule_files).toEqual(['rules.yml'])
    expect(prometheus.volumes).toContain('./prometheus/rules.yml:/etc/prometheus/rules.yml:ro')
    const alone = read('prometheus/prometheus.yml')
    expect({ ...read('prometheus/compose.yml'), scrape_configs: [] }).toEqual({
      ...alone,
      scrape_configs: [],
    })
  })

  test('lets Grafana find Prometheus and the dashboard', () => {
    const { datasources } = read('grafana/provisioning/datasources/prometheus.yaml')
    const { hostname, port } = new URL(datasources[0].url)
    expect(compose.services).toHaveProperty(hostname)
    expect(compose.services[hostname]!.ports).toEqual([`127.0.0.1:${port}:${port}`])
    const { providers } = read('grafana/provisioning/dashboards/dima.yaml')
    const dashboard = `${providers[0].options.path}/dima.json`
    expect(grafana.volumes).toContain(`./grafana/dima.json:${dashboard}:ro`)
    expect(grafana.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(dashboard)
    expect(existsSync(fileURLToPath(deploy('grafana/dima.json')))).toBe(true)
  })
})
