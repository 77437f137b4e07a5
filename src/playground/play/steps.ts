// Steps in arrays, not an object each: an episode can go on for hours. J numbers of a joint action.
import type { Mixed } from '../actors/mixer.ts'
import { type Acting, sameActing } from '../actors/policy.ts'

/** Steps that are kept: of a longer episode what begins it, which a link holds, … */
export const MOST_STEPS = 6000

/** … and the latest: steps since the last snapshot are fewer. */
const LATEST = 1000

export class Steps {
  length = 0
  private readonly actings: (Acting | undefined)[] = []
  private levels = new Uint8Array(0) // [kept, J]
  private acted = new Uint16Array(0) // [kept]

  push({ levels, acting }: Mixed): void {
    const place = placeOf(this.length++)
    if (place >= this.acted.length) this.grow(levels.length)
    this.levels.set(levels, place * levels.length)
    this.acted[place] = this.who(acting)
  }

  /** The first of them. Of those that are kept no more, later ones. */
  first(count: number): Mixed[] {
    return Array.from({ length: Math.min(count, this.length) }, (_, step) => this.at(step))
  }

  /** Forgets all but the first. */
  cut(count: number): void {
    this.length = Math.min(this.length, count)
  }

  private at(step: number): Mixed {
    const place = placeOf(step)
    const J = this.levels.length / this.acted.length
    return {
      levels: this.levels.slice(place * J, (place + 1) * J),
      acting: this.actings[this.acted[place]!],
    }
  }

  /** There are few, however many steps. */
  private who(acting: Acting | undefined): number {
    const known = this.actings.findIndex((one) => sameActing(one, acting))
    return known < 0 ? this.actings.push(acting) - 1 : known
  }

  private grow(J: number): void {
    const kept = Math.min(Math.max(64, 2 * this.acted.length), MOST_STEPS + LATEST)
    this.levels = enlarged(this.levels, new Uint8Array(kept * J))
    this.acted = enlarged(this.acted, new Uint16Array(kept))
  }
}

const placeOf = (step: number): number =>
  step < MOST_STEPS ? step : MOST_STEPS + ((step - MOST_STEPS) % LATEST)

function enlarged<T extends Uint8Array | Uint16Array>(from: T, to: T): T {
  to.set(from)
  return to
}
