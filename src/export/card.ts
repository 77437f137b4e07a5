// The model card: what the model is, how good it is, how it was made. Written from the manifest's facts alone.
import { MEAN_OF_OWN } from '../env/own-rewards.ts'
import { scoreTable } from '../evaluation/report.ts'
import { graphFile, type Manifest, type Start } from '../registry/manifest.ts'
import type { Scores, WeightType } from '../registry/scores.ts'
import { kindOf } from '../worlds/kind-of.ts'
import { KINDS } from '../worlds/kinds.ts'
import type { WorldKind } from '../worlds/world.ts'
import { defaultChoice } from './default-choice.ts'
import { distilledSection } from './distil/table.ts'
import { policySection } from './policy-section.ts'

/** The manifest without what depends on the files and the version. */
export type CardFacts = Omit<
  Manifest,
  'formatVersion' | 'version' | 'createdAt' | 'graphs' | 'documents' | 'engine'
>

/** What the card shows besides. */
export interface CardExtras {
  /** where the request in the card starts */
  start: Start
  /** file with the learning curve */
  curve?: string
}

export function modelCard(manifest: CardFacts, extras: CardExtras): string {
  const { name, environment, horizon, context, training, scores, distilled } = manifest
  const kind = kindOf(KINDS, manifest)
  const steps = training.environmentSteps.toLocaleString('en')
  const brings = scores.policy ? ', and brings the policy that learned in it' : ''
  return `# ${name}

${kind.about.title} of **${environment}**: imagines states, observations, rewards and ends of joint action sequences up
to ${horizon} steps from a window of 1 to ${context} states${brings}. Learned from ${steps} environment steps.

${spacesTable(manifest)}

\`starts.json\` holds states in which episodes of the environment start: sessions that name no
start begin in one of them. \`examples.json\` holds requests that work as they are, with what really followed.
${scores.policy ? `\n${policySection(manifest, scores.policy, extras)}\n` : ''}
${errorSection(scores, kind)}
${distilled ? `\n${distilledSection(distilled, graphFile(distilled.graph))}\n` : ''}
${madeBy(manifest)}

${limits(manifest)}
`
}

function spacesTable(facts: CardFacts): string {
  const { agents, action, state, observation, reward, preset, terminates = true } = facts
  const seen =
    'perceives' in facts
      ? ', exact (as the task makes them of a state) unless decoded ones are asked for'
      : ''
  const drives = agents.map(drivesOf).join('; ')
  const unit = action.unit === '1' ? '' : `, ${action.unit}`
  return `| | |
|---|---|
| agents | ${drives} |
| action | ${action.dimension} numbers an agent in [${action.low}, ${action.high}]${unit}${formOf(agents)} |
| state | ${state.length} numbers; observation ${observation.length} an agent${seen} |
| reward | ${reward} |
| ends | ${terminates ? 'drawn from a probability of each step' : 'none: no episode of its data ended but by a time limit'} |
| preset | ${preset} |
| default plan | ${defaultChoice(facts)} |`
}

const drivesOf = ({ name, actuators }: CardFacts['agents'][number]): string =>
  `\`${name}\` (${actuators.join(', ')})`

/** What is not a number, or stands for another one. */
function formOf(agents: CardFacts['agents']): string {
  const choosing = agents.flatMap(({ name, choices }) =>
    choices ? [`\`${name}\` chooses one of ${choices.join(', one of ')}`] : [],
  )
  const scaled = agents.flatMap(({ name, bounds }) =>
    bounds
      ? [`of \`${name}\` -1 and 1 stand for ${bounds.low.join(', ')} and ${bounds.high.join(', ')}`]
      : [],
  )
  const padded = agents.some(({ observed }) => observed) ? ['what an agent lacks is padded with zeros'] : []
  const told = [...choosing.map((text) => `${text}, one-hot`), ...scaled, ...padded]
  return told.map((text) => `; ${text}`).join('')
}

const ROUNDED: Record<WeightType, string> = {
  int8: " Matrices of the world model's weights are rounded to 255 whole numbers times a scale a column, all else to float16, here and in the files.",
  float16: " The world model's weights are rounded to float16, here and in the files.",
  float32: '',
}

function errorSection(scores: Scores, { about }: WorldKind): string {
  const source = scores.policy
    ? 'new episodes that the policy played with sampled actions'
    : 'held-out episodes from the same source'
  const rounded = ROUNDED[scores.weights ?? 'float32']
  return `## Imagination error

${scores.segments} segments of ${scores.episodes} ${source}, open loop with the recorded actions. L1 in units
of the state's standard deviations, mean over entries; sums run over the imagined steps. Means are over all segments,
of which a few reach states that the training data never had; the median segment stands beside them. "ms a step" is one imagined
joint step of one row at batch 64 on one thread of the machine that evaluated it.${rounded}

${scoreTable(scores)}

Reward on true states: mean absolute error ${scores.rewardL1.toFixed(4)} (smooth L1 ${scores.rewardSmoothL1.toFixed(4)}).

![Error against imagined step](error.svg)

${about.choices}`
}

function madeBy({ training }: CardFacts): string {
  const updates = Object.entries(training.updates).map(([network, count]) => `${network} ${count}`)
  return `## Made by

\`${training.command}\` at commit ${training.commit}, seed ${training.seed}, ${Math.round(training.seconds / 60)} minutes of training (${updates.join(', ')} updates).
Data: ${training.data}.`
}

function limits({ scores, horizon, licence, reward }: CardFacts): string {
  const policy = scores.policy ? POLICY_LIMIT : ''
  const own = reward.includes(MEAN_OF_OWN) ? OWN_REWARDS_LIMIT : ''
  return `## Limits

It knows the states that its training data reached: actions of a very different distribution lead it out of them, where
its errors are not those above. Errors grow with every imagined step; past ${horizon} steps it was never trained.${policy}${own}
Licence: ${licence}.`
}

const OWN_REWARDS_LIMIT = `
The environment gives each agent a reward of its own. The model learned their mean and knows no other: what helps one
agent at the expense of the others is no better to it.`

const POLICY_LIMIT = `
The policy is one of one seed, trained for few steps next to what is usual for this task: a behaviour to
imagine with, no record.`
