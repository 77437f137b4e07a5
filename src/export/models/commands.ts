// The subcommands of `npm run models`: their words, what they are for, where they stand.
import type { TObject } from 'typebox'
import { didYouMean } from '../../common/closest.ts'
import { DimaError } from '../../common/errors.ts'
import type { ModelsCommand } from './command.ts'
import { type SplitWords, splitWords } from './words.ts'

interface Entry {
  /** its words; those in brackets may be left out */
  words: string
  about: string
  /** when it is asked for: those that compare bring the simulator and MuJoCo with them */
  load: () => Promise<ModelsCommand>
}

const COMMANDS: Record<string, Entry> = {
  list: {
    words: '',
    about: 'every version of every model, and what servers refuse',
    load: async () => (await import('./list.ts')).list,
  },
  show: {
    words: 'NAME[/VERSION|@LABEL]',
    about: 'one version in full: of a name the stable one, else the latest',
    load: async () => (await import('./show.ts')).show,
  },
  compare: {
    words: 'NAME/VERSION NAME/VERSION',
    about: 'how the second does next to the first on the same held-out segments',
    load: async () => (await import('./compare.ts')).compare,
  },
  label: {
    words: 'NAME/VERSION LABEL',
    about: 'points a label to a version, unless that is worse than the one it points to',
    load: async () => (await import('./label.ts')).label,
  },
  rollback: {
    words: 'NAME LABEL',
    about: 'points a label to the version that it pointed to before',
    load: async () => (await import('./rollback.ts')).rollback,
  },
  import: {
    words: 'FOLDER',
    about: 'checks a downloaded or copied folder and makes it the next version of its model',
    load: async () => (await import('./import.ts')).importFolder,
  },
  export: {
    words: 'NAME[/VERSION|@LABEL] FOLDER',
    about: 'writes a version into a folder for a hub of models',
    load: async () => (await import('./export.ts')).exportFolder,
  },
  delete: {
    words: 'NAME/VERSION',
    about: 'takes a version out of the folder for good',
    load: async () => (await import('./delete.ts')).remove,
  },
}

export const usageOf = (name: string): string => `npm run models -- ${name} ${COMMANDS[name]!.words}`.trim()

/** DimaError `invalid_config` where there is none of that name. */
export async function loadCommand(name: string): Promise<ModelsCommand> {
  const names = Object.keys(COMMANDS)
  if (!names.includes(name))
    throw new DimaError(
      'invalid_config',
      `models has no ${name}${didYouMean(name, names)}; it has ${names.join(', ')}`,
    )
  return COMMANDS[name]!.load()
}

/** As many words as the usage says, and the flags. */
export function readWords(name: string, schema: TObject, argv: readonly string[]): SplitWords {
  const split = splitWords(schema, argv)
  if (split.words.length !== COMMANDS[name]!.words.split(' ').filter(Boolean).length)
    throw new DimaError('invalid_config', `usage: ${usageOf(name)}`)
  return split
}

export function overview(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { words, about }]) => `  ${`${name} ${words}`.trim().padEnd(36)} ${about}`,
  )
  return `npm run models -- COMMAND [flags]\n${lines.join('\n')}\nFlags of a command: npm run models -- COMMAND --help`
}
