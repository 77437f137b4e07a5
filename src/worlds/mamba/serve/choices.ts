// What a request may choose of this kind: how agents see what is imagined.
import Type from 'typebox'
import type { Choices } from '../../world.ts'

const OBSERVATIONS = ['exact', 'decoded'] as const

export interface MambaChoice {
  observations: (typeof OBSERVATIONS)[number]
}

const Observations = Type.Enum(OBSERVATIONS, {
  description:
    'exact: as the task makes them of the imagined state, the default; decoded: as the model imagines them, from which the state is recovered',
})

export const choices: Choices<MambaChoice> = {
  fields: { observations: Observations },
  choose: ({ observations = 'exact' }) => ({ observations }) as MambaChoice,
  describe: (choice) => ({ ...choice }),
  facts: () => ({ observations: [...OBSERVATIONS] }),
  label: () => 'latent',
  every: () => [{ observations: 'exact' }, { observations: 'decoded' }],
  scored: () => [
    { plan: 'latent', order: '-', evaluations: 1, embeddings: 0, choice: { observations: 'decoded' } },
  ],
}
