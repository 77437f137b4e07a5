// What is drawn: one trajectory as poses.

/** F frames, one an environment step. */
export interface Trajectory {
  /** Which one it is, where there are two. */
  readonly name: string
  /** The environment step of the first frame: 0 is the start. */
  readonly firstStep: number
  readonly qpos: readonly (readonly number[])[] // [F, Q]
  readonly rewards: readonly (number | undefined)[] // [F], of the step that led to the frame
}

/** At most `steps` steps after `from`, a step of the trajectory. */
export function cut({ name, firstStep, qpos, rewards }: Trajectory, from: number, steps: number): Trajectory {
  const first = Math.min(Math.max(0, from - firstStep), qpos.length - 1)
  const end = first + steps + 1
  return {
    name,
    firstStep: firstStep + first,
    qpos: qpos.slice(first, end),
    rewards: rewards.slice(first, end),
  }
}
