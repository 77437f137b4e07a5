// Documents with measured parts between marks: prose is written by people, tables by commands.
import { DimaError } from './errors.ts'

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
export function replaceMarked(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  if (from < 0 || to < from)
    throw new DimaError('invalid_config', `the document has no part ${open} ... ${close}`, { field: name })
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`
}
