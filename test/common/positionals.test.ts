// Names of folders among flags.
import Type from 'typebox'
import { expect, test } from 'vitest'
import { splitPositionals } from '../../src/common/positionals.ts'

const Flags = Type.Object({ add: Type.Boolean(), outFolder: Type.String() })

test('stand anywhere; values of flags are none, and unknown flags are left to who reads them', () => {
  const argv = ['--add', 'runs/a', '--out-folder', 'x', 'runs/b', '--other=1']
  expect(splitPositionals(Flags, argv)).toEqual({
    positionals: ['runs/a', 'runs/b'],
    flags: ['--add', '--out-folder', 'x', '--other=1'],
  })
})
