// What waits for the same kind of execution: each owner's in a line of its own, so that looking at whoever is next costs
// as many looks as there are owners, however much waits.

/** Items of a line that are looked at for one that fits. */
const MOST_LOOKED_AT = 64

export class Lines<Item> {
  private readonly byOwner = new Map<string, Item[]>()
  private count = 0

  /** Those with something in their line. */
  get owners(): MapIterator<string> {
    return this.byOwner.keys()
  }

  get length(): number {
    return this.count
  }

  add(owner: string, item: Item): void {
    this.lineOf(owner).push(item)
    this.count++
  }

  /** Before everything else of their owner. */
  addFirst(owner: string, item: Item): void {
    this.lineOf(owner).unshift(item)
    this.count++
  }

  /** The owner's first item that fits; of a long line only the beginning is looked at. */
  first(owner: string, fits: (item: Item) => boolean = () => true): Item | undefined {
    const line = this.byOwner.get(owner) ?? []
    for (let i = 0; i < line.length && i < MOST_LOOKED_AT; i++) if (fits(line[i]!)) return line[i]
    return undefined
  }

  /** Takes the owner's first item out. */
  shift(owner: string): Item | undefined {
    const line = this.byOwner.get(owner)
    const item = line?.shift()
    if (item === undefined) return undefined
    this.count--
    if (line!.length === 0) this.byOwner.delete(owner)
    return item
  }

  remove(owner: string, item: Item): void {
    const line = this.byOwner.get(owner)
    const place = line?.indexOf(item) ?? -1
    if (place < 0) return
    line!.splice(place, 1)
    this.count--
    if (line!.length === 0) this.byOwner.delete(owner)
  }

  /** Everyone's. */
  *[Symbol.iterator](): Iterator<Item> {
    for (const line of this.byOwner.values()) yield* line
  }

  private lineOf(owner: string): Item[] {
    const known = this.byOwner.get(owner)
    if (known) return known
    const line: Item[] = []
    this.byOwner.set(owner, line)
    return line
  }
}
