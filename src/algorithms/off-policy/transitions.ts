// The replay of off-policy algorithms: whole transitions of the newest blocks. A transition's successor lies E rows behind it,
// in the next block where its own ends; that of an episode's last step is the state that it ended in.
import type { Rng } from '../../common/rng.ts'
import type { Block } from './block.ts'

/** So many steps from a transition on, as far as its episode goes and was played. */
export interface Walk {
  /** sum of the discounted rewards */
  reward: number
  /** what the value of the state after the last step counts: 0 after a failure */
  discount: number
  /** where that state is */
  block: Block
  row: number
}

export class Transitions {
  /** oldest first, all alike in size */
  readonly blocks: Block[] = []
  private readonly capacity: number
  private readonly endRows = new Map<Block, Int32Array>()

  /** @param capacity transitions; the oldest whole blocks leave first */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  get size(): number {
    return this.blocks.length * this.rowsEach
  }

  /** Transitions of a block. */
  get rowsEach(): number {
    return this.blocks[0]?.rewards.length ?? 0
  }

  add(block: Block): void {
    this.blocks.push(block)
    this.endRows.set(block, endRowsOf(block))
    while (this.size > this.capacity && this.blocks.length > 1) this.endRows.delete(this.blocks.shift()!)
  }

  /** So many different transitions, by their place among all; all of them where there are no more. */
  draw(count: number, rng: Rng): number[] {
    const { size } = this
    if (2 * count >= size) return rng.permutation(size).slice(0, count)
    const drawn = new Set<number>()
    while (drawn.size < count) drawn.add(rng.int(size))
    return [...drawn]
  }

  /** A transition's block and row. */
  place(index: number): { block: Block; row: number } {
    const { rowsEach } = this
    return { block: this.blocks[Math.floor(index / rowsEach)]!, row: index % rowsEach }
  }

  /** Up to `steps` steps; it stops at the end of the episode, and where nothing more was played of it. */
  walk(index: number, steps: number, gamma: number): Walk {
    let at = Math.floor(index / this.rowsEach)
    let row = index % this.rowsEach
    let [reward, discount] = [0, 1]
    for (let walked = 1; ; walked++) {
      const block = this.blocks[at]!
      reward += discount * block.rewards[row]!
      discount *= gamma
      const end = this.endRows.get(block)![row]!
      if (end >= 0) {
        const last = (block.steps + 1) * block.copies + end
        return { reward, discount: block.terminated[end] ? 0 : discount, block, row: last }
      }
      const next = row + block.copies
      if (walked === steps) return { reward, discount, block, row: next }
      if (next < this.rowsEach) row = next
      else {
        const follower = this.blocks[at + 1]
        if (!follower || follower.fresh) return { reward, discount, block, row: next }
        at++
        row = next - this.rowsEach
      }
    }
  }
}

/** By row the number of the end in it; -1: none. */
function endRowsOf({ rewards, ends }: Block): Int32Array {
  const rows = new Int32Array(rewards.length).fill(-1)
  for (const [k, row] of ends.entries()) rows[row] = k
  return rows
}
