// Writes deploy/grafana/dima.json, the dashboard of the server's metrics. Grafana: Dashboards, New, Import.
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processes, replicas, store } from './fleet.ts'
import { dashboardJson } from './grafana.ts'
import { latency, overview, planning, traffic } from './requests.ts'
import { batching, executors, sessions } from './work.ts'

const FILE = new URL('../../../deploy/grafana/dima.json', import.meta.url)
export const dashboardText = (): string => {
  const dashboard = dashboardJson({
    uid: 'dima-server',
    title: 'DIMA world model server',
    description: 'Traffic, latency, batching, sessions, executors. Written by scripts/generate/dashboard.',
    tags: ['dima'],
    variables: [
      { name: 'datasource', label: 'Data source' },
      { name: 'instance', label: 'Server', query: 'label_values(wm_build_info, instance)' },
      { name: 'model', label: 'Model', query: 'label_values(wm_model_ready, model)' },
    ],
    rows: [overview, traffic, latency, planning, batching, sessions, replicas, store, executors, processes],
  })
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await writeFile(FILE, dashboardText())
