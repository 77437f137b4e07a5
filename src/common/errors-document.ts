// The table of errors as a page for people.
import { ERRORS } from './error-table.ts'

const INTRODUCTION = `# Errors

Over HTTP an error is \`application/problem+json\` (RFC 9457), on the socket a message of type \`error\` that has the same
problem. Compare \`code\`: it is stable, the texts are not. \`errors[]\` names the fields with what was expected and what
was given. 429 and 503 come with \`Retry-After\`. Nothing a failed request asked for has happened; of
\`session_store\` that is not known.
`

export function errorsDocument(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title, hint }]) => `| \`${code}\` | ${status} | ${title} | ${hint} |`,
  )
  return [INTRODUCTION, '| code | status | what | what to do |', '|---|---|---|---|', ...rows, ''].join('\n')
}
