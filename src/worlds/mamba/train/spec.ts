// What the simulator has to know of a world model of this kind.
import type { TaskSpec } from '../../../env/task-spec.ts'
import { dataFacts, type Learned, taskFacts } from '../../../episodes/world-facts.ts'
import type { LatentSizes } from '../networks/presets.ts'
import type { MambaSpec } from '../serve/manifest.ts'
import { CONTEXT, HORIZON } from './steps.ts'

export const simulatorSpec = (
  task: TaskSpec,
  learned: Learned,
  { deter, groups, classes }: LatentSizes,
): MambaSpec => ({
  kind: 'mamba',
  ...taskFacts(task),
  horizon: HORIZON,
  context: CONTEXT,
  latent: { deter, groups, classes },
  ...dataFacts(learned, task),
})
