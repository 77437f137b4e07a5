// A child process that answers with structured clones, as executors do.
import { copyOf, type Payload } from './payload.ts'

let answers: Record<string, Payload> = {}

process.on('message', ({ id, kind, ...ask }: { id: number; kind: string; answers?: typeof answers }) => {
  if (kind === 'answers') answers = ask.answers!
  else process.send?.({ id, ...copyOf(answers[kind]!) })
})
process.on('disconnect', () => process.exit(0))
