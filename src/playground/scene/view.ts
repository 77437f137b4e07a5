// What is to be seen at a moment between two entries of the tape: poses, from states mixed of both.
import type { Body } from '../body/body.ts'
import { Skeleton } from '../body/skeleton.ts'
import { between } from '../body/travel.ts'
import type { GhostTape } from '../tape/ghost-tape.ts'
import type { Tape } from '../tape/tape.ts'
import { Frame } from './frame.ts'
import type { View } from './stage.ts'

/** As many as are forked at once. */
export const MOST_GHOSTS = 16

export class Viewer {
  private readonly skeleton: Skeleton
  private readonly state: Float64Array
  private readonly imagined: Float32Array
  private readonly truth: Float32Array
  private readonly ghosts: Float32Array
  private readonly frame: Frame

  constructor(body: Body, stateLength: number) {
    this.skeleton = new Skeleton(body)
    this.state = new Float64Array(stateLength)
    this.imagined = new Float32Array(this.skeleton.length)
    this.truth = new Float32Array(this.skeleton.length)
    this.ghosts = new Float32Array(this.skeleton.length * MOST_GHOSTS)
    this.frame = new Frame(body.width_metres)
  }

  /** @param playhead entry and fraction; undefined where there is no entry */
  at(tape: Tape, ghosts: GhostTape | undefined, playhead: number): View | undefined {
    const from = Math.max(tape.first, Math.min(Math.floor(playhead), tape.end - 1))
    if (!tape.has(from)) return undefined
    const next = from + 1
    const moves = tape.has(next) && !tape.begins(next)
    const share = moves ? playhead - from : 0
    const to = moves ? next : from
    const place = (axis: 'x' | 'y') => mixed(tape.at(axis, from), tape.at(axis, to), share)
    const [x, y] = [place('x'), place('y')]
    between(this.state, tape.state(from), tape.state(to), share)
    this.skeleton.pose(this.state, x, y, this.imagined)
    this.frame.begin(x, y)
    const truth = this.trueAt(tape, from, to, share)
    const ghostCount = ghosts ? this.ghostsAt(ghosts, from, to, share) : 0
    return { imagined: this.imagined, truth, ghosts: this.ghosts, ghostCount, ...this.frame.look }
  }

  private trueAt(tape: Tape, from: number, to: number, share: number): Float32Array | undefined {
    if (!tape.hasTruth(from)) return undefined
    const end = tape.hasTruth(to) ? to : from
    const place = (axis: 'trueX' | 'trueY') => mixed(tape.at(axis, from), tape.at(axis, end), share)
    between(this.state, tape.truth(from), tape.truth(end), share)
    const [x, y] = [place('trueX'), place('trueY')]
    this.skeleton.pose(this.state, x, y, this.truth)
    this.frame.add(x, y)
    return this.truth
  }

  /** Writes poses of those that go on, and returns how many. */
  private ghostsAt(ghosts: GhostTape, from: number, to: number, share: number): number {
    if (!ghosts.has(from)) return 0
    const end = ghosts.has(to) ? to : from
    let count = 0
    for (let ghost = 0; ghost < Math.min(ghosts.count, MOST_GHOSTS); ghost++) {
      if (!ghosts.lives(ghost, end)) continue
      const [a, b] = [ghosts.place(from, ghost), ghosts.place(end, ghost)]
      between(this.state, ghosts.state(from, ghost), ghosts.state(end, ghost), share)
      const offset = count++ * this.skeleton.length
      const [x, y] = [mixed(a.x, b.x, share), mixed(a.y, b.y, share)]
      this.skeleton.pose(this.state, x, y, this.ghosts, offset)
      this.frame.add(x, y)
    }
    return count
  }
}

const mixed = (a: number, b: number, share: number): number => a + share * (b - a)
