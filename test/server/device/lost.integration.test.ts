// A device that is lost after a bundle was proven on it: the executor ends and says why, and the bundle is not blamed.
import { expect, onTestFinished, test, vi } from 'vitest'
import { startExecutor } from '../../../src/inference/executors/executor.ts'
import { loadInto } from '../../../src/inference/executors/load-into.ts'
import { readBundle } from '../../../src/inference/executors/loaded-bundle.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { publishModel } from '../../inference/bundle.ts'
import { tinyModel } from '../../inference/fixture.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { NO_DEVICES } from './swiftshader.ts'

test('an executor whose device is lost ends, and the bundle is not refused', async () => {
  for (const [name, value] of Object.entries(NO_DEVICES)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const bundle = await readBundle(await publishModel(await modelsFolder(), 'tiny', tinyModel()), KINDS)
  const lines: string[] = []
  const executor = startExecutor(KINDS, { device: 'webgpu' }, (line) => lines.push(line))
  onTestFinished(() => executor.kill('died'))
  expect(executor.device).toBe('webgpu')
  await expect(loadInto(executor, bundle)).rejects.toMatchObject({ code: 'executor_failed' })
  expect(await executor.exited).toBe('died')
  await vi.waitFor(() => expect(lines.join('\n')).toMatch(/no session on device webgpu: .*docs\/devices\.md/))
})
