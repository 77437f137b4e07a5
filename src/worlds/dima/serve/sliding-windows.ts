// Windows of the latest entries of many rows that move on in place: as a graph takes them, and without a copy for a step.

export class SlidingWindows {
  /** [rows, L, width], oldest first */
  readonly data: Float32Array
  private readonly rows: number
  private readonly width: number

  /** @param data [rows, L, width], which is written from now on */
  constructor(data: Float32Array, rows: number, width: number) {
    this.data = data
    this.rows = rows
    this.width = width
  }

  /** All move on by one entry. That of row r begins at r * stride + offset of `latest`; by default it is [rows, width]. */
  push(latest: Float32Array, stride: number = this.width, offset = 0): void {
    const { data, rows, width } = this
    data.copyWithin(0, width) // the whole at once: where a window ends there stands the next one's oldest, for a moment
    const length = data.length / rows
    for (let row = 0; row < rows; row++) {
      const [to, from] = [(row + 1) * length - width, row * stride + offset]
      for (let i = 0; i < width; i++) data[to + i] = latest[from + i]!
    }
  }
}
