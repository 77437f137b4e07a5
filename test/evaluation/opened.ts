// A simulator on graphs of a test's own where one is asked for that can be closed.
import type { OpenSimulator } from '../../src/worlds/open-simulator.ts'
import type { Simulator, WorldSpec } from '../../src/worlds/world.ts'

export const opened = (spec: WorldSpec, simulator: Simulator): OpenSimulator => ({
  spec,
  rollout: (rollout) => simulator.rollout(rollout),
  begin: (starts) => simulator.begin(starts),
  step: (batch) => simulator.step(batch),
  withPolicy: () => Promise.reject(new Error('its graphs stay what they are')),
  close: async () => {},
})
