// npm run models: lists, shows, labels, rolls back, compares and deletes the versions in the models folder.
import { endWithReader, errorText, runCommand } from '../common/command.ts'
import { helpText } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import type { ModelsCommand } from '../export/models/command.ts'
import { splitWords } from '../export/models/words.ts'

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
    load: async () => (await import('../export/models/list.ts')).list,
  },
  show: {
    words: 'NAME[/VERSION|@LABEL]',
    about: 'one version in full: of a name the stable one, else the latest',
    load: async () => (await import('../export/models/show.ts')).show,
  },
  compare: {
    words: 'NAME/VERSION NAME/VERSION',
    about: 'how the second does next to the first on the same held-out segments',
    load: async () => (await import('../export/models/compare.ts')).compare,
  },
  label: {
    words: 'NAME/VERSION LABEL',
    about: 'points a label to a version, unless that is worse than the one it points to',
    load: async () => (await import('../export/models/label.ts')).label,
  },
  rollback: {
    words: 'NAME LABEL',
    about: 'points a label to the version that it pointed to before',
    load: async () => (await import('../export/models/rollback.ts')).rollback,
  },
  delete: {
    words: 'NAME/VERSION',
    about: 'takes a version out of the folder for good',
    load: async () => (await import('../export/models/delete.ts')).remove,
  },
}

const usageOf = (name: string): string => `npm run models -- ${name} ${COMMANDS[name]!.words}`.trim()

async function start([name = '--help', ...argv]: readonly string[]): Promise<void> {
  if (name === '--help') {
    endWithReader()
    return console.log(overview())
  }
  if (!Object.hasOwn(COMMANDS, name))
    throw new DimaError('invalid_config', `models has no ${name}; it has ${Object.keys(COMMANDS).join(', ')}`)
  const { schema, run } = await COMMANDS[name]!.load()
  if (argv.includes('--help')) return console.log(`${usageOf(name)} [flags]\n${helpText(schema)}`)
  const { words, rest } = splitWords(schema, argv)
  if (words.length !== COMMANDS[name]!.words.split(' ').filter(Boolean).length)
    throw new DimaError('invalid_config', `usage: ${usageOf(name)}`)
  runCommand('models', schema, (flags) => run(flags, ...words), rest)
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { words, about }]) => `  ${`${name} ${words}`.trim().padEnd(34)} ${about}`,
  )
  return `npm run models -- COMMAND [flags]\n${lines.join('\n')}\nFlags of a command: npm run models -- COMMAND --help`
}

start(process.argv.slice(2)).catch((error: unknown) => {
  console.error(errorText(error))
  process.exitCode = 1
})
