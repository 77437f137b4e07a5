import { expect, test } from 'vitest'
import { withoutSecrets } from '../../src/common/secrets.ts'

test.each([
  ['ws://me:pass@host:1/path', 'ws://***@host:1/path'],
  ['wss://me:p@ss@host', 'wss://***@host'],
  ['https://token@host/a?b=c&token=x#d', 'https://***@host/a?***'],
  ['--env ws://a:b@h --task t --url "http://c:d@e"', '--env ws://***@h --task t --url "http://***@e"'],
  ['ws://host:8765/path', 'ws://host:8765/path'],
  ['mail me@host, 3 // 4 @ 5', 'mail me@host, 3 // 4 @ 5'],
])('%s becomes %s', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown)
})
