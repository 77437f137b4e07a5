// What errors are told in: deviations of the entries of a state in the training data.
import type { ModelDetail } from '../../api/models.ts'
import { deviationsOf } from '../tape/measures.ts'

interface Example {
  starts: { states: number[][] }[]
  true_states: number[][][] // [B, H, S]
}

/** [S]; of the examples where the model does not tell those of its data. */
export function deviationsOfModel(
  model: Pick<ModelDetail, 'examples' | 'spaces' | 'state_deviations'>,
): number[] {
  if (model.state_deviations) return model.state_deviations
  const states = (model.examples as Example[]).flatMap(({ starts, true_states }) => [
    ...starts.flatMap((start) => start.states),
    ...true_states.flat(),
  ])
  return deviationsOf(states, model.spaces.state.length)
}
