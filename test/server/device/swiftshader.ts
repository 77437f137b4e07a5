// Vulkan in software, where Debian's chromium-common is installed: it shows whether numbers on WebGPU are right.
import { existsSync } from 'node:fs'

const FOLDER = '/usr/lib/chromium'

/** For processes that are started from now on; undefined where there is none. */
export const swiftShader: Readonly<Record<string, string>> | undefined = existsSync(
  `${FOLDER}/libvk_swiftshader.so`,
)
  ? { LD_LIBRARY_PATH: FOLDER, VK_ICD_FILENAMES: `${FOLDER}/vk_swiftshader_icd.json` }
  : undefined

/** No device but the CPU is seen, whatever the machine has. */
export const NO_DEVICES = {
  CUDA_VISIBLE_DEVICES: '',
  VK_ICD_FILENAMES: '/nowhere',
  VK_DRIVER_FILES: '/nowhere',
}
