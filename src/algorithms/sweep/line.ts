// A line of a sweep: `{"task": "Ant-2x4", "seed": 3, "steps-per-call": 2}`, flags by their names without the dashes.
import { didYouMean } from '../../common/closest.ts'
import { flagOf } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { parseJson } from '../../common/json.ts'
import { TrainFlags } from '../train-flags.ts'

/** Values by field, as they were given. */
export type Given = Readonly<Record<string, unknown>>

const FIELDS: ReadonlyMap<string, string> = new Map(
  Object.keys(TrainFlags.properties).map((field) => [flagOf(field).slice(2), field]),
)

/** DimaError `invalid_config` for a flag that there is not, or that the command gives for all. Values are not checked. */
export function readLine(text: string, common: Given): Given {
  const line = parseJson(text)
  if (typeof line !== 'object' || line === null || Array.isArray(line))
    throw new DimaError('invalid_config', `it is no JSON object of flags: ${text.slice(0, 60)}`, {
      field: 'sweep',
    })
  return Object.fromEntries(Object.entries(line).map(([name, value]) => [fieldOf(name, common), value]))
}

function fieldOf(name: string, common: Given): string {
  const field = FIELDS.get(name)
  if (field === undefined) {
    const message = `there is no flag ${name}${didYouMean(name, FIELDS.keys())}`
    throw new DimaError('invalid_config', message, { field: name })
  }
  if (field in common)
    throw new DimaError('invalid_config', `--${name} stands on the command line, for all runs`, { field })
  return field
}
