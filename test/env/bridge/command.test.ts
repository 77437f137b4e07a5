// What npm run bridge refuses.
import { expect, test } from 'vitest'
import { parseFlags } from '../../../src/common/config.ts'
import { BridgeFlags, bridgeCommand } from '../../../src/env/bridge/command.ts'

test.each<[flags: string[], says: RegExp]>([
  [['--task', 'Nobody-2x3'], /^.*Nobody-2x3.*$/],
  [['--host', '0.0.0.0'], /^.*needs a token.*$/],
  [['--token-env', 'NO_SUCH_VARIABLE'], /^.*NO_SUCH_VARIABLE has no token.*$/],
  [['--autoreset', 'next_stp'], /^.*autoreset.*$/],
])('refuses %j in one line', async (argv, message) => {
  const said: string[] = []
  const start = async () =>
    bridgeCommand(parseFlags(BridgeFlags, ['--port', '0', ...argv]), (line) => said.push(line))
  await expect(start()).rejects.toMatchObject({ name: 'DimaError', message: expect.stringMatching(message) })
  expect(said).toEqual([])
})
