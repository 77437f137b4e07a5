// How candidates are drawn and what is learned of the best: cross-entropy methods and path integrals differ in these numbers
// alone. Deviations are in units of half an action's range.

export const METHOD_NAMES = ['icem', 'mppi', 'cem'] as const
export type MethodName = (typeof METHOD_NAMES)[number]

export interface Method {
  /** defaults of what a request may choose */
  horizon: number
  population: number
  iterations: number
  elites: number
  /** of the first candidates */
  deviation: number
  /** bounds of later ones */
  least: number
  most: number
  /** whether they must leave room to the bounds: two deviations */
  insideBounds: boolean
  /** power of the noise falls with frequency to this */
  beta: number
  /** the population shrinks by this from one iteration to the next */
  decay: number
  /** share of the elites that are candidates again, in the next iteration and in the next plan */
  kept: number
  /** share of the old mean and deviation in the new ones */
  momentum: number
  /** how much better an elite must be, in deviations of the elites' scores, to count e times as much; absent: all alike */
  temperature?: number
}

export const METHODS: Readonly<Record<MethodName, Method>> = {
  // Pinneri et al., arXiv 2008.06389, with the noise of its HalfCheetah; horizon and population as this model's cost allows.
  icem: {
    ...{ horizon: 12, population: 48, iterations: 3, elites: 10 },
    ...{ deviation: 0.5, least: 0, most: 1, insideBounds: false },
    ...{ beta: 0.25, decay: 1.25, kept: 0.3, momentum: 0.1 },
  },
  // Williams et al., arXiv 1509.01149, as TD-MPC2 has it (arXiv 2310.16828); the temperature without a unit.
  mppi: {
    ...{ horizon: 3, population: 512, iterations: 6, elites: 64 },
    ...{ deviation: 2, least: 0.05, most: 2, insideBounds: false },
    ...{ beta: 0, decay: 1, kept: 0, momentum: 0, temperature: 0.5 },
  },
  // Chua et al., arXiv 1805.12114 (PETS).
  cem: {
    ...{ horizon: 15, population: 350, iterations: 5, elites: 35 },
    ...{ deviation: 0.5, least: 0, most: 1, insideBounds: true },
    ...{ beta: 0, decay: 1, kept: 0, momentum: 0.1 },
  },
}

/** Candidates of an iteration: never fewer than twice the elites. */
export const populationOf = (
  { decay }: Pick<Method, 'decay'>,
  { population, elites }: { population: number; elites: number },
  iteration: number,
): number => Math.max(Math.min(population, 2 * elites), Math.floor(population / decay ** iteration))
