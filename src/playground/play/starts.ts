// Where an episode starts: a start of the model that the seed picks, one of its examples, or given states.
import type { ModelDetail } from '../../api/models.ts'
import type { Start } from '../../client/types.ts'

export type StartChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'example'; readonly example: number; readonly row: number }
  | { readonly kind: 'given'; readonly start: Start }

export const OWN: StartChoice = { kind: 'own' }

type Examples = { title: string; starts: Start[] }[]
const examplesOf = ({ examples }: Pick<ModelDetail, 'examples'>): Examples => examples as Examples

/** As the wire has it; undefined: the server picks. Throws Error where the model has no such example. */
export function startOf(choice: StartChoice, model: Pick<ModelDetail, 'examples'>): Start | undefined {
  if (choice.kind === 'own') return undefined
  if (choice.kind === 'given') return choice.start
  const start = examplesOf(model)[choice.example]?.starts[choice.row]
  if (!start) throw new Error(`the model has no example ${choice.example}, ${choice.row}`)
  return start
}

export interface Offered {
  readonly name: string
  readonly start: StartChoice
}

/** What there is to choose from. */
export function startsOf(model: Pick<ModelDetail, 'examples' | 'start_states'>): Offered[] {
  const examples = examplesOf(model).flatMap(({ title, starts }, example) =>
    starts.map((_, row): Offered => {
      const numbered = starts.length > 1 ? `${title}, ${row + 1}` : title
      return { name: numbered, start: { kind: 'example', example, row } }
    }),
  )
  const own = model.start_states > 0 ? [{ name: ownName(model.start_states), start: OWN }] : []
  return [...own, ...examples]
}

const ownName = (count: number): string =>
  count === 1 ? 'where every episode starts' : `one of its ${count}, by the seed`
