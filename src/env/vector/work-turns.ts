// The life of a thread: it works when told to and sleeps in between, for ever. Its owner
// terminates it.
import { parentPort } from 'node:worker_threads'
import { createSimulation } from '../mujoco/simulation.ts'
import type { MujocoTask } from '../mujoco/task.ts'
import { World } from '../mujoco/world.ts'
import { Copies } from './copies.ts'
import { awaitTurn, claimCopy, finishTurn, type Turns, turnOf } from './turns.ts'
import type { VectorArrays } from './vector-arrays.ts'
import type { AutoresetMode } from './vector-env.ts'

/** What a thread is started with. */
export interface Assignment {
  readonly task: string
  readonly arrays: VectorArrays
  readonly autoreset: AutoresetMode
  readonly turns: Turns
}

export async function workTurns(task: MujocoTask, { arrays, autoreset, turns }: Assignment): Promise<never> {
  const world = new World(task, await createSimulation(task.xml))
  const copies = new Copies(world, arrays, autoreset)
  const claim = () => claimCopy(turns)
  for (;;) {
    const turn = turnOf(turns)
    if (finishTurn(turns)) parentPort!.postMessage('done')
    copies[awaitTurn(turns, turn)](claim)
  }
}
