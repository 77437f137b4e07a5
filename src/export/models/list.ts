// npm run models -- list: every version with what tells it from others, and what servers refuse.
import Type from 'typebox'
import { markdownTable } from '../../common/markdown.ts'
import { sum } from '../../common/statistics.ts'
import { listedFiles } from '../../registry/consistency.ts'
import type { Bundle } from '../../registry/load.ts'
import { openRepository, type Refusal } from '../../registry/repository.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { defaultChoice } from '../default-choice.ts'
import { jsonFlag, modelsCommand, modelsFlag } from './command.ts'
import { refusalText } from './find.ts'

const ListFlags = Type.Object({ ...modelsFlag, ...jsonFlag }, { additionalProperties: false })

export const list = modelsCommand(ListFlags, async ({ models, json }) => {
  const { bundles, refused } = await openRepository(models, KINDS)
  const versions = bundles.map(facts)
  console.log(json ? JSON.stringify({ versions, refused }, null, 2) : text(versions, refused, models))
})

/** What a line of `list` and the first lines of `show` say of a version. */
export function facts(bundle: Bundle) {
  const { name, version, labels, manifest } = bundle
  const { scores, createdAt, training } = manifest
  const score = scores.plans.find(({ plan }) => plan === defaultChoice(manifest))
  const size = sum(listedFiles(manifest).map((file) => file.size))
  return {
    name,
    version,
    labels,
    bytes: size,
    created: createdAt,
    environmentSteps: training.environmentSteps,
    oneStepStateL1: score?.oneStepStateL1 ?? null,
    cumulativeStateL1: score?.cumulativeStateL1.at(-1) ?? null,
    return: scores.policy?.meanActions.mean ?? null,
  }
}

function text(
  versions: readonly ReturnType<typeof facts>[],
  refused: readonly Refusal[],
  models: string,
): string {
  const head = ['model', 'labels', 'size', 'created', 'steps', 'state L1', 'summed', 'return']
  const rows = versions.map((row) => [
    `${row.name}/${row.version}`,
    row.labels.join(', ') || '-',
    megabytes(row.bytes),
    row.created.slice(0, 10),
    row.environmentSteps.toLocaleString('en'),
    digits(row.oneStepStateL1, 4),
    digits(row.cumulativeStateL1, 3),
    digits(row.return, 0),
  ])
  const table = rows.length > 0 ? markdownTable([head, ...rows]) : `${models} has no model that can be served`
  return [table, ...refusals(refused)].join('\n')
}

const refusals = (refused: readonly Refusal[]): string[] =>
  refused.length === 0 ? [] : ['', 'refused:', ...refused.map((refusal) => `  ${refusalText(refusal)}`)]

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
const digits = (value: number | null, count: number): string =>
  value === null ? '-' : value.toFixed(count).replace(/^-(?=[0.]*$)/, '') // never -0
