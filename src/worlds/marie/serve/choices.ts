// What a request may choose of this kind: how agents see what is imagined.
import Type from 'typebox'
import type { Choices } from '../../world.ts'

export interface MarieChoice {
  observations: 'exact' | 'decoded'
}

const EXACT: MarieChoice = { observations: 'exact' }
const DECODED: MarieChoice = { observations: 'decoded' }

export const choices: Choices<MarieChoice> = {
  fields: {
    observations: Type.Enum(['exact', 'decoded'] as const, {
      description:
        'exact: as the task makes them of the imagined state, the default; decoded: as the tokens say, from which the state is recovered',
    }),
  },
  choose: ({ observations }) => (observations === 'decoded' ? DECODED : EXACT),
  describe: (choice) => ({ ...choice }),
  facts: () => ({ observations: ['exact', 'decoded'] }),
  label: () => 'tokens',
  every: () => [EXACT, DECODED],
  scored: () => [{ plan: 'tokens', order: '-', evaluations: 1, embeddings: 0, choice: DECODED }],
}
