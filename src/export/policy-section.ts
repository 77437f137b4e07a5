// The part of a model card that tells of the policy: what it earns, how it learned, how to have it act.
import type { Start } from '../registry/manifest.ts'
import type { PolicyScores } from '../registry/scores.ts'
import { kindOf } from '../worlds/kind-of.ts'
import { KINDS } from '../worlds/kinds.ts'
import type { CardExtras, CardFacts } from './card.ts'

export function policySection(facts: CardFacts, scores: PolicyScores, { start, curve }: CardExtras): string {
  const { policy: takes = 'what the agents observe, [B, N, O]' } = kindOf(KINDS, facts).about
  const { horizon } = facts
  const [imagined, real] = [scores.imaginedReward.toFixed(3), scores.realReward.toFixed(3)]
  return `## Policy

\`policy.onnx\` takes ${takes}, and gives mean and standard deviation of their actions, [B, N, A]. It
acts for every agent by itself and learned from imagined steps alone. Undiscounted return of the team in ${facts.environment}:

${returnsTable(scores)}

Mean reward of a step over ${horizon} steps in closed loop with sampled actions: imagined ${imagined}, and ${real} in the environment
from the same start windows (relative error ${scores.rewardRelativeError.toFixed(3)}).
${facts.value ? valued(facts.value.discount) : ''}${curve ? `\n![Return against environment steps](${curve})\n` : ''}
It acts in \`POST /rollout\`, for all agents or for those that are named, up to ${horizon} steps; \`sample\` (default) draws actions, \`mean\` does not:

${requestWithPolicy(facts, start)}`
}

const valued = (discount: number): string => `
\`value.onnx\` takes states, [B, S], and gives what they are worth to it, [B]: rewards to come with sampled actions, discounted by ${discount} a step.
`

function returnsTable({ meanActions, sampledActions }: PolicyScores): string {
  const row = (name: string, { episodes, mean, std, min, max, success }: PolicyScores['meanActions']) =>
    `| ${name} | ${[mean, std, min, max].map((value) => value.toFixed(1)).join(' | ')} | ${episodes} |${success === undefined ? '' : ` ${Math.round(100 * success)} % |`}`
  const done = meanActions.success !== undefined
  return `| actions | mean | deviation | least | greatest | episodes |${done ? ' task done |' : ''}
|---|---|---|---|---|---|${done ? '---|' : ''}
${row('mean', meanActions)}
${row('sampled', sampledActions)}`
}

/** From a start of the bundle, so that it works as pasted. */
function requestWithPolicy(
  { name, horizon }: Pick<CardFacts, 'name' | 'horizon'>,
  { states }: Start,
): string {
  const state = states.at(-1)!.map((value) => Number(value.toFixed(4)))
  return `\`\`\`sh
curl -s http://127.0.0.1:8080/rollout -H 'content-type: application/json' -d '{
  "model": "${name}",
  "starts": [{"states": [${JSON.stringify(state)}]}],
  "policy": {"mode": "mean"}, "horizon": ${horizon}, "seed": 7
}'
\`\`\``
}
