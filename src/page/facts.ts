// A model in a dozen numbers.
import type { ModelDetail } from '../api/models.ts'

export interface Fact {
  name: string
  value: string
  unit?: string
}

/** Of what `npm run evaluate` measured, as far as it did; other kinds of models measure other things. */
interface Scores {
  plans?: { one_step_state_l1?: number; cumulative_state_l1?: number[] }[]
  policy?: { mean?: { mean?: number } }
}

export function factsOf(model: ModelDetail): Fact[] {
  const { agents, spaces, horizon, context, training, device } = model
  const [best] = (model.scores as Scores).plans ?? []
  const summed = best?.cumulative_state_l1?.at(-1)
  return [
    { name: 'agents', value: String(agents.length) },
    { name: 'action', value: String(spaces.action.dimension), unit: 'numbers each' },
    { name: 'state', value: String(spaces.state.length), unit: 'numbers' },
    { name: 'horizon', value: String(horizon), unit: 'steps' },
    { name: 'context', value: String(context), unit: context === 1 ? 'state' : 'states' },
    ...known('error, one step', best?.one_step_state_l1, 3, 'std'),
    ...known(`summed, ${best?.cumulative_state_l1?.length} steps`, summed, 2, 'std'),
    { name: 'policy', value: model.policy ? 'inside' : 'none' },
    { name: 'learned from', value: training.environment_steps.toLocaleString('en'), unit: 'steps' },
    { name: 'imagines on', value: device },
    { name: 'licence', value: model.licence },
  ]
}

const known = (name: string, value: number | undefined, digits: number, unit: string): Fact[] =>
  value === undefined ? [] : [{ name, value: value.toFixed(digits), unit }]
