// npm run hyperparameters: docs/hyperparameters.md, every hyper-parameter with its meaning, source and preset values.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { presetOf } from '../../src/algorithms/dima/config.ts'
import { Hyperparameters, ROBOT_PRESETS } from '../../src/algorithms/dima/hyperparameters.ts'
import { HappoHyperparameters, happoPreset } from '../../src/algorithms/happo/hyperparameters.ts'
import { HASAC_TUNED, HasacHyperparameters, hasacPreset } from '../../src/algorithms/hasac/hyperparameters.ts'
import { MambaHyperparameters, mambaPreset } from '../../src/algorithms/mamba/hyperparameters.ts'
import { MappoHyperparameters, mappoPreset } from '../../src/algorithms/mappo/hyperparameters.ts'
import { MarieHyperparameters, mariePreset } from '../../src/algorithms/marie/hyperparameters.ts'
import { TUNED } from '../../src/algorithms/on-policy/hyperparameters.ts'
import { HANDS } from '../../src/algorithms/tuned-task.ts'
import { unalignedTable } from '../../src/common/markdown.ts'
import { PRESET_NAMES, type PresetName } from '../../src/networks/policy-sizes.ts'

interface Field {
  description?: string
  properties?: Record<string, Field>
}

type Columns = readonly (readonly [head: string, values: object])[]

/** The tasks of the hands are known by their whole names. */
const exampleOf = (robot: string): string => (robot === HANDS ? `${HANDS}-Pen` : robot)

const DIMA: Columns = [
  ['dima paper', presetOf('paper', 'dima')],
  ['dima small', presetOf('small', 'dima')],
  ...Object.keys(ROBOT_PRESETS).map(
    (robot) => [`dima small, ${robot}`, presetOf('small', 'dima', exampleOf(robot))] as const,
  ),
  ['world-model small', presetOf('small', 'world-model')],
  ['dima debug', presetOf('debug', 'dima')],
]

const byRobot = (preset: (name: PresetName, task: string) => object): Columns => [
  ...Object.keys(TUNED).map((robot) => [robot, preset('small', exampleOf(robot))] as const),
  [`paper, ${HANDS}, doors`, preset('paper', `${HANDS}-DoorOpenInward`)],
  ['other tasks', preset('small', '')],
  ['debug, other tasks', preset('debug', '')],
]

const HASAC_TASKS = ['Ant-2x4', 'Ant-4x2', 'HalfCheetah-2x3', 'Walker2d-2x3', `${HANDS}-Pen`]

const HASAC: Columns = [
  ...HASAC_TASKS.map((task) => [`paper, ${task}`, hasacPreset('paper', task)] as const),
  ['paper, other tasks', hasacPreset('paper', '')],
  ['small', hasacPreset('small', '')],
  ['debug, other tasks', hasacPreset('debug', '')],
]

const HASAC_FILES = Object.entries(HASAC_TUNED).map(([task, { file }]) => `${task} \`${file}\``)

const MAMBA: Columns = PRESET_NAMES.toReversed().map((preset) => [preset, mambaPreset(preset)])

const MARIE: Columns = PRESET_NAMES.toReversed().map((preset) => [preset, mariePreset(preset)])

const FILES = Object.entries(TUNED).map(([robot, { file }]) => `${robot} \`${file}\``)

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

function tableOf(schema: Field, columns: Columns): string {
  const head = ['name', ...columns.map(([name]) => name), 'meaning']
  const rows = leaves(schema).map(([path, description]) => [
    `\`${path}\``,
    ...columns.map(([, values]) => valueAt(values, path)),
    description.replaceAll('|', '\\|'),
  ])
  return unalignedTable([head, ...rows])
}

export function hyperparametersPage(): string {
  return `# Hyper-parameters

Made by \`npm run hyperparameters\` from the schemas in \`src/algorithms/\`. A preset (${PRESET_NAMES.join(', ')}) is chosen with
\`--preset\`, single values are changed with \`--set name=value,...\`. Tables, equations and algorithms named as sources
are those of the paper's appendix (arXiv 2505.20922); "released code" is its authors' program. Network sizes are in
\`src/worlds/dima/networks/presets.ts\` and \`src/networks/policy-sizes.ts\`.

## DIMA and its world model alone

${tableOf(Hyperparameters as Field, DIMA)}

## MAPPO

Presets \`small\` and \`paper\` are alike, and have the values of the robot's file in HARL's \`tuned_configs\`, whatever its
split or task: ${FILES.join(', ')}. Others have no file there. For the hands \`paper\` plays as much as that file says, an episode in each of 256
copies, and networks are 3 x 256 in both. One episode is evaluated of them: all begin alike.

${tableOf(MappoHyperparameters as Field, byRobot(mappoPreset))}

## HAPPO

HARL's files of HAPPO and MAPPO have the same values.

${tableOf(HappoHyperparameters as Field, byRobot(happoPreset))}

## HASAC

Preset \`paper\` has the values of the task's file in HARL's \`tuned_configs\`: ${HASAC_FILES.join(', ')}.
Splits of HalfCheetah are alike; Walker2d-3x2 and BottleCap have no file of their own. DoorOpenOutward has a \`gamma\` of 0.99, the other hands 0.95. Preset \`small\` is our own choice: textbook SAC's values
(arXiv 1812.05905, Table 1), one update a step in place of 0.05.

${tableOf(HasacHyperparameters as Field, HASAC)}

## MAMBA

"Original" is the authors' code with its tuned values for StarCraft, which knows discrete actions only ([mamba](mamba.md)); \`small\` is our own
choice for two cores. Network sizes are in \`src/worlds/mamba/networks/presets.ts\`.

${tableOf(MambaHyperparameters as Field, MAMBA)}

## MARIE

"Original" is the authors' configuration for MAMuJoCo ([marie](marie.md)); \`small\` is our own choice for two cores. Network sizes are in
\`src/worlds/marie/networks/presets.ts\`.

${tableOf(MarieHyperparameters as Field, MARIE)}
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('docs/hyperparameters.md', hyperparametersPage())
