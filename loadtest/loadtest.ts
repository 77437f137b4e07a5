// npm run loadtest: loads a running server on this machine and prints rate, latency, its split, goodput and errors.

import { runCommand } from '../src/common/command.ts'
import { writeFileAtomic } from '../src/common/files.ts'
import { Flags } from './flags.ts'
import { assertLoopback } from './loopback.ts'
import { measure } from './measure.ts'
import { provenance } from './record.ts'
import { print } from './report.ts'

async function main(flags: Flags): Promise<void> {
  assertLoopback(flags.url)
  const result = await measure(flags)
  print(flags, result)
  if (!flags.out) return
  const { key: _, ...settings } = flags
  const whole = { ...provenance('npm run loadtest'), settings, ...result }
  writeFileAtomic(flags.out, `${JSON.stringify(whole, null, 2)}\n`)
  console.log(`written to ${flags.out}`)
}

runCommand('loadtest', Flags, main)
