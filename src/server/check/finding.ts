// What a look at one part of the machine found, as a line for a terminal.
import { errorText } from '../../common/command.ts'

export interface Finding {
  /** what was looked at, in a word */
  part: string
  /** warn: the server starts, and less well than it might */
  verdict: 'ok' | 'warn' | 'fail'
  text: string
}

export const ok = (part: string, text: string): Finding => ({ part, verdict: 'ok', text })
export const warn = (part: string, text: string): Finding => ({ part, verdict: 'warn', text })

/** What `look` finds; a `fail` with the words of the error that it throws. */
export async function found(part: string, look: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat()
  } catch (error) {
    return [{ part, verdict: 'fail', text: errorText(error).split('\n')[0]! }]
  }
}

export const lineOf = ({ part, verdict, text }: Finding): string =>
  `${verdict.padEnd(5)}${part.padEnd(9)}${text}`
