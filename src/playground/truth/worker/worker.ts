// The true environment in a worker of the page. It alone may evaluate text: MuJoCo's module makes functions so.
import { DimaError } from '../../../common/errors.ts'
import type { Answer, Ask, TrueStep } from '../messages.ts'
import { TrueWorld } from './true-world.ts'

/** What is used of a worker's global scope. */
interface Scope {
  onmessage: (event: { data: Ask }) => void
  postMessage(answer: Answer): void
}

const scope = globalThis as unknown as Scope
let world: TrueWorld | undefined
let before: Promise<void> = Promise.resolve()

// One after the other: MuJoCo is being loaded while more is asked.
scope.onmessage = ({ data }) => {
  before = before.then(async () => scope.postMessage(await answerTo(data)))
}

async function answerTo(ask: Ask): Promise<Answer> {
  try {
    return { answer: await follow(ask) }
  } catch (error) {
    if (error instanceof DimaError) return { wrong: error.message }
    const what = 'open' in ask ? 'MuJoCo could not be loaded' : 'MuJoCo failed'
    return { wrong: `${what}: ${error instanceof Error ? error.message : error}` }
  }
}

async function follow(ask: Ask): Promise<TrueStep | null> {
  if ('open' in ask) world = await TrueWorld.open(ask.open)
  if (!world) throw new Error('no true environment is open')
  if ('begin' in ask) world.begin(ask.begin)
  return 'step' in ask ? world.step(ask.step) : null
}
