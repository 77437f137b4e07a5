// What stands in front of a card for hubs of models: YAML between two lines of dashes, in Hugging Face's words. Texts are
// quoted as JSON quotes them, which is YAML too.
import { episodesText } from '../evaluation/policy-scores.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { PolicyScores, Score } from '../registry/scores.ts'
import type { CardFacts } from './card.ts'
import { defaultChoice } from './default-choice.ts'

const LIBRARY = 'dima'
const TASK = 'reinforcement-learning'

export function frontMatter(facts: CardFacts): string {
  const { name, kind, environment, licence } = facts
  const tags = ['world-model', 'multi-agent', TASK, 'onnx', ...new Set([LIBRARY, kind]), environment]
  return `---
library_name: ${LIBRARY}
license: ${quoted(licence.toLowerCase())}
pipeline_tag: ${TASK}
tags:
${tags.map((tag) => `- ${quoted(tag)}`).join('\n')}
model-index:
- name: ${quoted(name)}
  results:
  - task:
      type: ${TASK}
      name: ${TASK}
    dataset:
      name: ${quoted(environment)}
      type: ${quoted(environment)}
    metrics:
${metricsOf(facts).map(metricText).join('\n')}
---
`
}

interface Metric {
  type: string
  value: number | string
  name: string
}

/** Errors of the plan by default; the return as the hub's leaderboards have it, mean +/- deviation. */
function metricsOf(facts: CardFacts): Metric[] {
  const { scores } = facts
  const score = scores.plans.find(({ plan }) => plan === defaultChoice(facts)) ?? scores.plans[0]
  return [
    ...(scores.policy ? returnOf(scores.policy) : []),
    ...(score ? errorsOf(score) : []),
    reward(scores),
  ]
}

const returnOf = ({ meanActions: { mean, std, episodes } }: PolicyScores): Metric[] => [
  {
    type: 'mean_reward',
    value: `${mean.toFixed(2)} +/- ${std.toFixed(2)}`,
    name: `return of the policy, mean actions, ${episodesText(episodes)}`,
  },
]

const errorsOf = ({ plan, oneStepStateL1, cumulativeStateL1 }: Score): Metric[] => [
  {
    type: 'l1',
    value: rounded(oneStepStateL1),
    name: `state error after 1 step, ${plan}, standard deviations`,
  },
  {
    type: 'l1',
    value: rounded(cumulativeStateL1.at(-1) ?? 0),
    name: `state error summed over ${cumulativeStateL1.length} steps, ${plan}, standard deviations`,
  },
]

const reward = ({ rewardL1 }: Manifest['scores']): Metric => ({
  type: 'l1',
  value: rounded(rewardL1),
  name: 'reward error on true states',
})

const rounded = (value: number): number => Number(value.toPrecision(5))

const metricText = ({ type, value, name }: Metric): string =>
  [`    - type: ${type}`, `value: ${JSON.stringify(value)}`, `name: ${quoted(name)}`].join('\n      ')

const quoted = (text: string): string => JSON.stringify(text)
