// Noise that makes choices: of scores log p plus independent Gumbel noise the greatest is option i with probability p_i
// (Gumbel 1954). It is made of standard normal noise, so that choices and numbers are drawn from the same streams; of z = 0
// everywhere the likeliest option comes.

/** The Gumbel quantile of a standard normal's probability: -ln(-ln Φ(z)). */
export function gumbelOf(z: number): number {
  const tail = upperTail(Math.abs(z))
  return -Math.log(z < 0 ? -Math.log(tail) : -Math.log1p(-tail))
}

/** 1 - Φ(z) of z >= 0, within 1.2e-7 of itself: the Chebyshev fit of erfc in Numerical Recipes (6.2, erfcc). */
function upperTail(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const series = FIT.reduceRight((sum, coefficient) => coefficient + t * sum, 0)
  return (t * Math.exp(-x * x + series)) / 2
}

const FIT = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]
