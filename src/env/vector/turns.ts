// How threads are told that it is their turn, through shared numbers: they sleep in Atomics.wait until the turn
// changes, and the one that finishes last sends a message. (Atomics.waitAsync in place of the message is no faster, and
// does not keep a process alive that waits for it.)
import type { Command } from './copy-driver.ts'

const TURN = 0
const COMMAND = 1
const PENDING = 2
const CLAIMED = 3 // copies
const COMMANDS: readonly Command[] = ['reset', 'step']

/** Shared; all threads are at work at first, getting ready. */
export type Turns = Int32Array // [4]

export function makeTurns(threads: number): Turns {
  const turns = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT))
  turns[PENDING] = threads
  return turns
}

/** Wakes all threads, which must have finished the turn before. */
export function beginTurn(turns: Turns, threads: number, command: Command): void {
  turns[COMMAND] = COMMANDS.indexOf(command)
  turns[PENDING] = threads
  turns[CLAIMED] = 0
  Atomics.add(turns, TURN, 1)
  Atomics.notify(turns, TURN)
}

/** The next copy that no thread has taken in this turn. */
export const claimCopy = (turns: Turns): number => Atomics.add(turns, CLAIMED, 1)

/** To be called by each thread. True for the last one. */
export const finishTurn = (turns: Turns): boolean => Atomics.sub(turns, PENDING, 1) === 1

/** Which turn it is. */
export const turnOf = (turns: Turns): number => Atomics.load(turns, TURN)

/** Blocks this thread until the turn is no longer `turn`. */
export function awaitTurn(turns: Turns, turn: number): Command {
  while (Atomics.load(turns, TURN) === turn) Atomics.wait(turns, TURN, turn)
  return COMMANDS[turns[COMMAND]!]!
}
