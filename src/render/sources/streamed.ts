// What POST /v1/rollout/stream answered, line by line, as the reply that POST /rollout would have given.
import Type from 'typebox'
import { checkValue } from '../../common/check-value.ts'
import { DimaError } from '../../common/errors.ts'
import { parseJson } from '../../common/named-files.ts'
import { finite } from './lists.ts'

const Line = Type.Object({ type: Type.String() })
const Start = Type.Object({ type: Type.Literal('start'), rows: Type.Integer({ minimum: 1 }) })

/** Whether a text begins as a stream does. */
export function isStream(text: string): boolean {
  try {
    return (JSON.parse(firstLine(text)) as { type?: unknown }).type === 'start'
  } catch {
    return false // one JSON text over several lines
  }
}

const firstLine = (text: string): string => text.slice(0, text.indexOf('\n'))

/** DimaError `invalid_json` or as `checkValue`, naming the line; `invalid_request` for a stream without a step. */
export function readStream(text: string, path: string, name: string): Record<string, unknown> {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line, i) => parseJson(line, `${path}, line ${i + 1},`, name))
  const { rows } = checkValue(Start, lines[0], `${name}, line 1`)
  const row = Type.Array(Type.Unknown(), { minItems: rows, maxItems: rows })
  const Step = Type.Object({ states: row, rewards: Type.Array(finite, { minItems: rows, maxItems: rows }) })
  const steps = lines.flatMap((line, i) => {
    const where = `${name}, line ${i + 1}`
    return checkValue(Line, line, where).type === 'step' ? [checkValue(Step, line, where)] : []
  })
  if (steps.length === 0)
    throw new DimaError('invalid_request', `${name}: the stream has no step`, { field: name })
  const byRow = <T>(pick: (step: (typeof steps)[number]) => readonly T[]) =>
    Array.from({ length: rows }, (_, b) => steps.map((step) => pick(step)[b]!))
  const lengths = lines.flatMap((line) => (line as { lengths?: unknown }).lengths ?? [])
  return {
    states: byRow(({ states }) => states), // [B, H, S]
    rewards: byRow(({ rewards }) => rewards), // [B, H]
    ...(lengths.length > 0 ? { lengths } : {}),
  }
}
