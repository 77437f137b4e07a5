// How long a network's updates take where they are computed: the engine's time, with what is made ready for a call.

/** Of calls of one or several updates. */
export interface CallTimes {
  calls: number
  milliseconds: number
  longest: number
}

export const oneCall = (ms: number): CallTimes => ({ calls: 1, milliseconds: ms, longest: ms })

/** Of several lanes, or of one at several times, by network. */
export function together(parts: readonly Readonly<Record<string, CallTimes>>[]): Record<string, CallTimes> {
  const whole: Record<string, CallTimes> = {}
  for (const [network, times] of parts.flatMap((part) => Object.entries(part))) {
    const { calls, milliseconds, longest } = whole[network] ?? { calls: 0, milliseconds: 0, longest: 0 }
    whole[network] = {
      calls: calls + times.calls,
      milliseconds: milliseconds + times.milliseconds,
      longest: Math.max(longest, times.longest),
    }
  }
  return whole
}

/** As they stand in metrics, by network; the time of a call is their mean. */
export function callFigures(times: Readonly<Record<string, CallTimes>>): Record<string, number> {
  const figures = Object.entries(times).map(([network, { calls, milliseconds, longest }]) => ({
    [`${network}_calls`]: calls,
    [`${network}_call_ms`]: short(milliseconds / calls),
    [`${network}_longest_call_ms`]: short(longest),
  }))
  return Object.assign({}, ...figures)
}

const short = (ms: number) => Number(ms.toFixed(2))
