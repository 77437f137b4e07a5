// npm run hyperparameters: docs/hyperparameters.md, every hyper-parameter with its meaning, source and preset values.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { presetOf } from '../../src/algorithms/dima/config.ts'
import { Hyperparameters } from '../../src/algorithms/dima/hyperparameters.ts'
import { PRESET_NAMES } from '../../src/networks/policy-sizes.ts'

interface Field {
  description?: string
  properties?: Record<string, Field>
}

const COLUMNS = [
  ['dima paper', presetOf('paper', 'dima')],
  ['dima small', presetOf('small', 'dima')],
  ['world-model small', presetOf('small', 'world-model')],
  ['dima debug', presetOf('debug', 'dima')],
] as const

/** The dotted name of every single value. */
function leaves(field: Field, path = ''): [string, string][] {
  if (!field.properties) return [[path, field.description ?? '']]
  return Object.entries(field.properties).flatMap(([name, child]) =>
    leaves(child, path ? `${path}.${name}` : name),
  )
}

const valueAt = (values: unknown, path: string): string => {
  const value = path.split('.').reduce((inside, key) => (inside as Record<string, unknown>)[key], values)
  return JSON.stringify(typeof value === 'number' ? Number(value.toPrecision(4)) : value).replaceAll('"', '')
}

export function hyperparametersPage(): string {
  const head = ['name', ...COLUMNS.map(([name]) => name), 'meaning']
  const rows = leaves(Hyperparameters as Field).map(([path, description]) => [
    `\`${path}\``,
    ...COLUMNS.map(([, values]) => valueAt(values, path)),
    description.replaceAll('|', '\\|'),
  ])
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `# Hyper-parameters

Made by \`npm run hyperparameters\` from \`src/algorithms/dima/hyperparameters.ts\`. A preset (${PRESET_NAMES.join(', ')}) is chosen with
\`--preset\`, single values are changed with \`--set name=value,...\`. Tables, equations and algorithms named as sources
are those of the paper's appendix (arXiv 2505.20922); "released code" is its authors' program. Network sizes are in
\`src/worlds/dima/networks/presets.ts\`.

${table.join('\n')}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('docs/hyperparameters.md', hyperparametersPage())
