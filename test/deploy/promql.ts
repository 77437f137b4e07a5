// Reads what a PromQL expression needs: which metrics, with which labels. Not a parser of PromQL: Prometheus itself
// checks the syntax.

export interface Use {
  metric: string
  labels: string[]
}

const METRIC = /(?<![\w:$"])((?:wm|nodejs|process)_\w+|[a-z_]+:[\w:]+|up)\b(?!\s*\()(?:\{([^}]*)\})?/g
const MATCHER = /(\w+)\s*(?:=~|!~|!=|=)\s*"/g
const GROUPING = /\b(?:by|without|on)\s*\(([^)]*)\)\s*/g

/** Every metric with the labels that select it and those that it is grouped by. */
export function usesOf(expr: string): Use[] {
  return [...expr.matchAll(METRIC)].map(({ 1: metric, 2: matchers = '', index }) => ({
    metric: metric!,
    labels: [...namesIn(matchers), ...groupedBy(expr, index)],
  }))
}

const namesIn = (matchers: string): string[] => [...matchers.matchAll(MATCHER)].map(([, name]) => name!)

/** Labels of all groupings whose parentheses are open around the place. */
const groupedBy = (expr: string, at: number): string[] =>
  [...expr.matchAll(GROUPING)].flatMap(({ 0: text, 1: labels, index }) => {
    const [open, close] = parentheses(expr, index + text.length)
    return open < at && at < close ? labels!.split(',').map((label) => label.trim()) : []
  })

/** The place of a parenthesis and of the one that closes it. */
function parentheses(expr: string, open: number): [number, number] {
  let depth = 0
  for (let i = open; i < expr.length; i++) {
    if (expr[i] === '(') depth++
    if (expr[i] === ')' && --depth === 0) return [open, i]
  }
  return [open, open]
}

/** What Prometheus adds to every series when it scrapes. */
const OF_THE_SCRAPE = ['job', 'instance']

/** Sample names and their labels, from the text format. */
export function exported(text: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>([['up', new Set(OF_THE_SCRAPE)]])
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    if (!name) continue
    const known = series.get(name) ?? new Set(OF_THE_SCRAPE)
    for (const label of namesIn(labels)) known.add(label)
    series.set(name, known)
  }
  return series
}

/** What an expression asks for and nobody exports: metrics, or labels of them. */
export function missing(expr: string, series: Map<string, Set<string>>): string[] {
  return usesOf(expr).flatMap(({ metric, labels }) => {
    const known = series.get(metric)
    if (!known) return [metric]
    return labels.filter((label) => !known.has(label)).map((label) => `${metric}{${label}}`)
  })
}
