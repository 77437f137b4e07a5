// Series of a metric by label values. Each is looked up once and kept: building label objects costs more than counting.

/** What counters, gauges and histograms have in common. */
export interface Labelled<C> {
  labels(labels: Record<string, string>): C
  remove(labels: Record<string, string>): void
}

export interface Children<C> {
  /** @param values in the order of the names; '' leaves a label out */
  of(...values: string[]): C
  /** Removes the series that carry these values under the first names. */
  remove(...first: string[]): void
}

export function childrenOf<C>(metric: Labelled<C>, names: readonly string[]): Children<C> {
  const kept = new Map<string, { values: string[]; child: C }>()
  const labelsOf = (values: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']).filter(([, value]) => value !== ''))
  const add = (key: string, values: string[]): C => {
    const child = metric.labels(labelsOf(values))
    kept.set(key, { values, child })
    return child
  }
  return {
    of: (...values) => {
      const key = values.join('\n')
      return kept.get(key)?.child ?? add(key, values)
    },
    remove: (...first) => {
      for (const [key, { values }] of kept) {
        if (first.some((value, i) => values[i] !== value)) continue
        metric.remove(labelsOf(values))
        kept.delete(key)
      }
    },
  }
}
