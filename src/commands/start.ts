// Starts the server. `npm start -- --help` lists its settings.
import { endWithReader, errorText } from '../common/command.ts'
import { readConfig, type ServerConfig, settingsHelp } from '../server/config.ts'
import { serve } from '../server/serve.ts'
import { KINDS } from '../worlds/kinds.ts'

function start(): void {
  const known: Partial<ServerConfig> = {}
  const run = async () => serve(Object.assign(known, readConfig(process.env)), KINDS)
  run().catch((error: unknown) => {
    console.error(errorText(error, known))
    process.exit(1)
  })
}

if (process.argv.includes('--help')) {
  endWithReader()
  console.log(`Settings, as environment variables:\n\n${settingsHelp()}`)
} else start()
