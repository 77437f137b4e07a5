import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const INTEGRATION = 'test/**/*.integration.test.ts'
const patience = { testTimeout: 120_000, hookTimeout: 120_000 }

/** Files that put something else in a module's place: in a shared process others would get it, or it would come too late. */
const mocking = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.integration.test.ts'))
  .map((file) => `test/${file}`)
  .filter((file) => readFileSync(file, 'utf8').includes('vi.mock('))

/** Two layers; what belongs to which is said in CONTRIBUTING.md. Loading the packages costs a second a process. */
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
  { test: { name: 'integration', include: [INTEGRATION], exclude: mocking, isolate: false, ...patience } },
  { test: { name: 'integration-mocking', include: mocking, ...patience } },
]

// By itself Vitest leaves one core to others, of two one.
export default defineConfig({ test: { projects, maxWorkers: availableParallelism() } })
