// A process that is asked one thing after the other.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Child<Question extends object, Answer> {
  ask(question: Question): Promise<Answer>
  close(): void
}

/** `flags` are V8's; the module must answer every message with one. */
export function startChild<Question extends object, Answer>(
  module: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Child<Question, Answer> {
  const path = fileURLToPath(new URL(module, import.meta.url))
  const child = fork(path, args, { execArgv: [...flags, '--import', './src/common/typescript.mjs'] })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${module} ended`)
  })
  ended.catch(() => {}) // told to whoever waits for an answer
  return {
    async ask(question) {
      const answer = once(child, 'message')
      child.send(question)
      return ((await Promise.race([answer, ended])) as [Answer])[0]
    },
    close: () => child.disconnect(),
  }
}
