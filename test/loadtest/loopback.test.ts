import { expect, test } from 'vitest'
import { assertLoopback } from '../../loadtest/loopback.ts'

test('this machine may be loaded', () => {
  for (const url of ['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:8080/'])
    expect(() => assertLoopback(url)).not.toThrow()
})

test('no other may, whatever it is called', () => {
  const others = [
    'http://example.org',
    'http://127.0.0.1.example.org',
    'http://10.0.0.1',
    '127.0.0.1:8080',
    '',
  ]
  for (const url of others) expect(() => assertLoopback(url)).toThrow('is not this machine')
})
