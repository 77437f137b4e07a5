// ONNX's own checker with full shape inference: what Python users run on an exported model.
import { execFileSync, spawnSync } from 'node:child_process'

const PYTHON = '/usr/bin/python3'
const SCRIPT = `
import sys, onnx
onnx.checker.check_model(onnx.load_from_string(sys.stdin.buffer.read()), full_check=True)
`

/** Why the checker cannot run here, or undefined. In CI it must run, so there the answer is always undefined. */
export const missingChecker: string | undefined =
  process.env.CI || spawnSync(PYTHON, ['-c', 'import onnx']).status === 0
    ? undefined
    : 'python3-onnx is not installed'

/** Throws the checker's message if `bytes` is not a valid model. */
export function checkOnnx(bytes: Uint8Array): void {
  execFileSync(PYTHON, ['-c', SCRIPT], { input: bytes, stdio: ['pipe', 'pipe', 'pipe'] })
}
