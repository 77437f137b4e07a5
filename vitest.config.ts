import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const INTEGRATION = 'test/**/*.integration.test.ts'
const patience = { testTimeout: 120_000, hookTimeout: 120_000 }

/** Two layers; what belongs to which is said in CONTRIBUTING.md. */
const projects = [
  {
    test: {
      name: 'unit',
      include: ['test/**/*.test.ts'],
      exclude: [INTEGRATION],
      setupFiles: ['test/no-processes.ts'],
      isolate: false,
      ...patience,
    },
  },
  { test: { name: 'integration', include: [INTEGRATION], ...patience } },
]

// By itself Vitest leaves one core to others, of two one.
export default defineConfig({ test: { projects, maxWorkers: availableParallelism() } })
