// What the simulator has to know of a world model of this kind.
import type { TaskSpec } from '../../../env/task-spec.ts'
import { dataFacts, type Learned, taskFacts } from '../../../episodes/world-facts.ts'
import { HISTORY, type NetworksConfig } from '../networks/presets.ts'
import type { MarieSpec } from '../serve/manifest.ts'
import { CONTEXT, HORIZON } from './steps.ts'

export const simulatorSpec = (task: TaskSpec, learned: Learned, config: NetworksConfig): MarieSpec => ({
  kind: 'marie',
  ...taskFacts(task),
  horizon: HORIZON,
  context: CONTEXT,
  tokens: {
    perObservation: config.tokenizer.tokens,
    codes: config.tokenizer.codes,
    history: HISTORY,
    layers: config.layers,
    heads: config.heads,
    headWidth: config.width / config.heads,
  },
  ...dataFacts(learned, task),
})
