// A typed array that grows at its end.

type Kind = Float32Array | Float64Array

export class Series<T extends Kind> {
  length = 0
  private values: T
  private readonly make: new (
    length: number,
  ) => T

  constructor(make: new (length: number) => T, capacity = 1024) {
    this.make = make
    this.values = new make(capacity)
  }

  push(values: ArrayLike<number>): void {
    this.reserve(this.length + values.length)
    this.values.set(values, this.length)
    this.length += values.length
  }

  /** The first `count` values, a copy. */
  take(count = this.length): T {
    return this.values.slice(0, count) as T
  }

  private reserve(length: number): void {
    if (length <= this.values.length) return
    const larger = new this.make(Math.max(length, 2 * this.values.length))
    larger.set(this.values)
    this.values = larger
  }
}
