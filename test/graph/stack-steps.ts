// The data and rates of single steps, as a Loop takes them.
import { type Feeds, sizeOf } from '../../src/common/tensors.ts'

export function stackSteps<Step extends Feeds>(steps: readonly Step[]): Step {
  const stacked = Object.entries(steps[0]!).map(([name, { data, shape }]) => {
    const values = new (data.constructor as Float32ArrayConstructor)(steps.length * sizeOf(shape))
    for (const [k, step] of steps.entries()) values.set(step[name]!.data, k * sizeOf(shape))
    return [name, { data: values, shape: [steps.length, ...shape] }]
  })
  return Object.fromEntries(stacked) as Step
}
