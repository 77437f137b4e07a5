// Starts the server. `npm start -- --help` lists its settings, `-- --check` says whether it would work here.
import Type from 'typebox'
import { endWithReader, errorText } from '../common/command.ts'
import { parseFlags } from '../common/config.ts'
import { lineOf } from '../server/check/finding.ts'
import { readConfig, type ServerConfig, settingsHelp } from '../server/config.ts'
import { serve } from '../server/serve.ts'
import { KINDS } from '../worlds/kinds.ts'

const Flags = Type.Object({ check: Type.Boolean({ default: false }), help: Type.Boolean({ default: false }) })

const known: Partial<ServerConfig> = {}

async function start(): Promise<void> {
  const flags = parseFlags(Flags, process.argv.slice(2))
  if (flags.help) {
    endWithReader()
    return console.log(
      `npm start [-- --check: only say whether it would work here]\n\nSettings, as environment variables:\n\n${settingsHelp()}`,
    )
  }
  Object.assign(known, readConfig(process.env))
  if (flags.check) return check(known as ServerConfig)
  await serve(known as ServerConfig, KINDS)
}

async function check(config: ServerConfig): Promise<void> {
  const { checkMachine } = await import('../server/check/check.ts')
  for await (const finding of checkMachine(config, KINDS)) {
    console.log(lineOf(finding))
    if (finding.verdict === 'fail') process.exitCode = 1
  }
}

start().catch((error: unknown) => {
  console.error(errorText(error, known))
  process.exit(1)
})
