// When what shows numbers hears of pictures: ten times a second, and where pictures come slowly with every fourth, so that the
// robot has what there is of the machine.

const EVERY_MS = 100
const EVERY_PICTURES = 4

export class Slowly {
  private last = 0
  /** since it was due */
  private pictures = 0

  /** Asked once for every picture. @param now ms @param more whether another comes: after the last it is due at once */
  isDue(now: number, more: boolean): boolean {
    this.pictures++
    if (more && (now - this.last < EVERY_MS || this.pictures < EVERY_PICTURES)) return false
    this.last = now
    this.pictures = 0
    return true
  }
}
