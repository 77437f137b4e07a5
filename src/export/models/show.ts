// npm run models -- show: one version in full, and where the labels of its model have been.
import Type from 'typebox'
import { markdownTable } from '../../common/markdown.ts'
import { listedFiles } from '../../registry/consistency.ts'
import { type History, readHistory } from '../../registry/label-history.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Score } from '../../registry/scores.ts'
import { defaultChoice } from '../default-choice.ts'
import { jsonFlag, modelsCommand, modelsFlag } from './command.ts'
import { findVersion } from './find.ts'
import { facts, megabytes } from './list.ts'

const ShowFlags = Type.Object({ ...modelsFlag, ...jsonFlag }, { additionalProperties: false })

export const show = modelsCommand(ShowFlags, async ({ models, json }, reference) => {
  const bundle = await findVersion(models, reference!)
  const history = await readHistory(models, bundle.name)
  const { digest, manifest } = bundle
  console.log(
    json ? JSON.stringify({ ...facts(bundle), digest, history, manifest }, null, 2) : text(bundle, history),
  )
})

const text = (bundle: Bundle, history: History): string =>
  [factTable(bundle, history), scoreTable(bundle), fileTable(bundle)].join('\n\n')

function factTable({ name, version, labels, digest, manifest }: Bundle, history: History): string {
  const { training } = manifest
  return markdownTable([
    ['', `${name}/${version}`],
    ['labels', labels.join(', ') || '-'],
    ['earlier', earlierText(history)],
    ['digest', digest],
    ['created', manifest.createdAt],
    ['environment', manifest.environment],
    ['agents', manifest.agents.map((agent) => `${agent.name} (${agent.actuators.length})`).join(', ')],
    ['state, observation', `${manifest.state.length}, ${manifest.observation.length} an agent`],
    ['horizon, context', `${manifest.horizon}, ${manifest.context}`],
    ['kind', manifest.kind],
    ['default plan', defaultChoice(manifest)],
    ['data', training.data],
    ['made by', `${training.command} (commit ${training.commit.slice(0, 12)}, seed ${training.seed})`],
    ...returnRow(manifest.scores.policy?.meanActions),
  ])
}

/** `stable: 1, 2`: oldest first. */
const earlierText = (history: History): string =>
  Object.entries(history)
    .map(([label, versions]) => `${label}: ${versions.join(', ')}`)
    .join('; ') || '-'

function returnRow(returns: { mean: number; std: number; episodes: number } | undefined): [string, string][] {
  if (!returns) return [['policy', 'none']]
  const { mean, std, episodes } = returns
  return [['return', `${mean.toFixed(1)} ± ${std.toFixed(1)} over ${episodes} episodes with mean actions`]]
}

function scoreTable({ manifest: { scores, horizon } }: Bundle): string {
  const row = (name: string, { oneStepStateL1: one, cumulativeStateL1: summed }: Omit<Score, 'plan'>) => [
    name,
    one.toFixed(4),
    summed.at(-1)!.toFixed(3),
  ]
  return markdownTable([
    [`${scores.segments} segments`, 'state L1, 1 step', `summed to ${horizon}`],
    ...scores.plans.map((score) =>
      row(score.order.length > 1 ? `${score.plan}, ${score.order}` : score.plan, score),
    ),
    row('nothing changes', scores.persistence as Score),
  ])
}

const fileTable = ({ manifest }: Bundle): string =>
  markdownTable([
    ['file', 'size', 'sha256'],
    ...listedFiles(manifest).map(({ file, size, sha256 }) => [file, megabytes(size), sha256.slice(0, 12)]),
  ])
