// npm run demonstrate: does a task of two hands by actions that are written down, and writes the episode as `npm run simulate` does.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../src/common/command.ts'
import { oneOf } from '../../src/common/config.ts'
import { writeNamedFile } from '../../src/common/named-files.ts'
import { simulatedText } from '../../src/env/simulate-command.ts'
import { DEMONSTRATED, demonstrate } from './hands.ts'

const Flags = Type.Object(
  {
    task: oneOf(DEMONSTRATED, 'DexHands-BottleCap', 'what is done'),
    steps: Type.Integer({ default: 120, minimum: 1, description: 'that are played at most' }),
    out: Type.String({ minLength: 1, description: 'JSON file to write, as that of npm run simulate' }),
  },
  { additionalProperties: false },
)

async function main({ task, steps, out }: Static<typeof Flags>): Promise<void> {
  const episode = await demonstrate(task, steps)
  writeNamedFile(out, `${JSON.stringify(episode)}\n`, 'out')
  console.log(`written: ${out}, ${simulatedText(episode, steps)}`)
}

runCommand('demonstrate', Flags, main)
