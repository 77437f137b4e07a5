// npm run bridge: serves our tasks to trainers elsewhere, by the protocol of docs/bridge.md.
import { runCommand } from '../common/command.ts'
import { exitAfter, onStopSignal } from '../common/stop-signals.ts'
import { BridgeFlags, bridgeCommand } from '../env/bridge/command.ts'

/** What sessions get to end their environments. */
const CLOSING_MS = 10_000

runCommand('bridge', BridgeFlags, async (flags) => {
  const server = await bridgeCommand(flags, console.log)
  onStopSignal(() => void exitAfter(() => server.close(), CLOSING_MS))
})
