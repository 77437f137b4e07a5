// What the processes of bench:bridge have in common.

export interface Shapes {
  readonly name: string
  readonly agents: number
  readonly observation: number
  readonly state: number
  readonly action: number
  readonly dtype: 'float32' | 'float64'
}

export interface Ready {
  readonly url: string
  readonly bareUrl: string
}

/**
 * A heap as a trainer or a simulator has it, in megabytes of numbers. In a process that holds 12 MB alone V8 takes the
 * memory of messages as a reason to mark its whole heap anew after every eighth large one, several milliseconds each.
 */
export const BALLAST_MB = 64
export const ballast = (): readonly number[] =>
  Array.from({ length: BALLAST_MB * 2 ** 17 }, (_, i) => i + 0.5)
