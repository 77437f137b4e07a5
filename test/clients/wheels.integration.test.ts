// The Python packages as wheels: built from the folder without a network, installed elsewhere, imported from there.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const CLIENTS = resolve(import.meta.dirname, '../../clients/python')

const python = (args: string[], cwd: string, environment: Record<string, string> = {}) =>
  spawnSync(PYTHON, args, { cwd, encoding: 'utf8', env: { ...process.env, PYTHONPATH: '', ...environment } })

const tools =
  spawnSync(PYTHON, ['-c', 'import setuptools, wheel, pip, numpy, msgpack, websockets']).status === 0
const missing =
  process.env.CI || tools ? undefined : `${PYTHON} has no pip, setuptools, wheel or what the packages need`

const PACKAGES = [
  { name: 'dima', module: 'dima', folder: '.', needs: ['numpy', 'msgpack', 'websockets'] },
  { name: 'marl-env', module: 'marl_env', folder: 'marl_env', needs: ['numpy', 'msgpack', 'websockets'] },
]

/** What the installed package says of itself. */
const ASK = `
import importlib, json, sys
from importlib import metadata
name, module = sys.argv[1:]
about = metadata.metadata(name)
print(json.dumps({
  "file": importlib.import_module(module).__file__,
  "about": {key: about[key] for key in ("Version", "License", "Summary", "Requires-Python")},
  "needs": metadata.requires(name),
  "files": [str(file) for file in metadata.files(name)],
}))`

describe.skipIf(missing)(missing ? `wheels (skipped: ${missing})` : 'wheels', () => {
  test.each(PACKAGES)(
    '$name is built, installed and imported',
    { timeout: 120_000 },
    ({ name, module, folder, needs }) => {
      const work = mkdtempSync(join(tmpdir(), 'dima-wheel-'))
      // setuptools writes beside its sources
      cpSync(CLIENTS, join(work, 'source'), {
        recursive: true,
        filter: (path) => !/__pycache__|egg-info|build$/.test(path),
      })
      const offline = ['--no-index', '--no-deps', '--disable-pip-version-check', '--quiet']
      const wheel = [
        '-m',
        'pip',
        'wheel',
        ...offline,
        '--no-build-isolation',
        '-w',
        work,
        join(work, 'source', folder),
      ]
      const built = python(wheel, work)
      expect(built.status, built.stderr).toBe(0)
      const [file] = readdirSync(work).filter((path) => path.endsWith('.whl'))
      expect(file).toMatch(/^(dima|marl_env)-0\.1\.0-py3-none-any\.whl$/)
      const site = join(work, 'site')
      const install = ['-m', 'pip', 'install', ...offline, '--target', site, join(work, file!)]
      const installed = python(install, work)
      expect(installed.status, installed.stderr).toBe(0)

      const asked = python(['-c', ASK, name, module], work, { PYTHONPATH: site })
      expect(asked.status, asked.stderr).toBe(0)
      const answer = JSON.parse(asked.stdout)
      expect(answer.file).toContain(site)
      expect(answer.about).toMatchObject({
        Version: '0.1.0',
        License: 'Apache-2.0',
        'Requires-Python': expect.any(String),
      })
      expect(answer.about.Summary.length).toBeGreaterThan(20)
      for (const need of needs) expect(answer.needs.join()).toContain(need)
      expect(answer.files.sort()).toEqual(expect.arrayContaining(filesOf(module)))
    },
  )
})

/** All that stands in the folder of a module, and should be in its wheel. */
const filesOf = (module: string): string[] =>
  readdirSync(join(CLIENTS, module), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.py$|\.json$|py\.typed$/.test(path) && !path.includes('__pycache__'))
    .map((path) => `${module}/${path}`)
    .sort()
