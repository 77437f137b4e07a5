// npm run bench:nodes: how many nodes ONNX Runtime runs of each graph of a preset, by operation.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../../src/common/command.ts'
import { oneOf } from '../../../src/common/config.ts'
import { sum } from '../../../src/common/statistics.ts'
import { DEVICES } from '../../../src/engine/device.ts'
import { fitted } from '../../../src/engine/fitted/fitted.ts'
import { optimisedOperations } from '../../../src/engine/optimised-operations.ts'
import { PRESET_NAMES } from '../../../src/networks/policy-sizes.ts'
import { graphsOf } from './graphs.ts'

const Flags = Type.Object(
  {
    preset: oneOf(PRESET_NAMES, 'small', 'network sizes'),
    device: oneOf(
      DEVICES,
      'cpu',
      'what graphs are compiled and fitted for; they are counted as the CPU runs them',
    ),
  },
  { additionalProperties: false },
)

async function main({ preset, device }: Static<typeof Flags>): Promise<void> {
  for (const [name, compile] of graphsOf(preset, device)) {
    const counts = await optimisedOperations(await fitted(await compile(), device))
    const operations = [...counts].map(([operation, count]) => `${count} ${operation}`)
    console.log(`${name}: ${sum([...counts.values()])} nodes: ${operations.join(', ')}`)
  }
}

runCommand('bench:nodes', Flags, main)
