// Running mean and variance of returns, in whose units the critic answers (HARL's ValueNorm, method.md 4.3): exponential
// averages of the first and second moment with debiasing.

const LEAST_VARIANCE = 1e-2
const LEAST_WEIGHT = 1e-5

export interface NormaliserState {
  mean: number
  square: number
  /** what the averages have summed up to so far: 1 - decay^updates */
  weight: number
}

export interface Moments {
  mean: number
  std: number
}

/** HARL's, of a minibatch. */
export const LONG_MEMORY = 0.99999

export class ValueNormaliser {
  private readonly decay: number
  private current: NormaliserState = { mean: 0, square: 0, weight: 0 }

  constructor(decay = LONG_MEMORY) {
    this.decay = decay
  }

  get state(): NormaliserState {
    return { ...this.current }
  }

  restore(state: NormaliserState): void {
    this.current = { ...state }
  }

  /** Takes in one batch of returns. */
  update(returns: Float32Array): void {
    const { mean, square, weight } = this.current
    let [sum, squares] = [0, 0]
    for (const value of returns) {
      sum += value
      squares += value * value
    }
    this.current = {
      mean: this.decay * mean + ((1 - this.decay) * sum) / returns.length,
      square: this.decay * square + ((1 - this.decay) * squares) / returns.length,
      weight: this.decay * weight + (1 - this.decay),
    }
  }

  /** Before the first update: 0 and the least standard deviation. */
  get moments(): Moments {
    const weight = Math.max(this.current.weight, LEAST_WEIGHT)
    const mean = this.current.mean / weight
    const variance = this.current.square / weight - mean ** 2
    return { mean, std: Math.sqrt(Math.max(variance, LEAST_VARIANCE)) }
  }

  normalise(returns: Float32Array): Float32Array {
    const { mean, std } = this.moments
    return returns.map((value) => (value - mean) / std)
  }

  denormalise(values: Float32Array): Float32Array {
    const { mean, std } = this.moments
    return values.map((value) => value * std + mean)
  }
}
