// npm run models: lists, shows, labels, rolls back, compares, imports, exports and deletes the versions in the models folder.
import { endWithReader, errorText, runCommand } from '../common/command.ts'
import { helpText } from '../common/config.ts'
import { loadCommand, overview, readWords, usageOf } from '../export/models/commands.ts'

async function start([name = '--help', ...argv]: readonly string[]): Promise<void> {
  if (name === '--help') {
    endWithReader()
    return console.log(overview())
  }
  const { schema, run } = await loadCommand(name)
  if (argv.includes('--help')) return console.log(`${usageOf(name)} [flags]\n${helpText(schema)}`)
  const { words, rest } = readWords(name, schema, argv)
  runCommand('models', schema, (flags) => run(flags, ...words), rest)
}

start(process.argv.slice(2)).catch((error: unknown) => {
  console.error(errorText(error))
  process.exitCode = 1
})
