// What the store does in one go, in Lua. A head is 40 bytes (record.ts), and a token its first 16: fence and nonce. Every script
// gets the key of the epoch first and a random one to begin with where there is none, and answers with the epoch first.
import { createHash } from 'node:crypto'

export interface Script {
  text: string
  sha: string
}

const script = (body: string): Script => {
  const text = `${PRELUDE}${body}`
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

const PRELUDE = `
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[1]
  redis.call('SET', KEYS[1], epoch)
end
-- 1: held by this token, or by an older one, as after a store has lost a claim. -1: by another. -2: there is no such session.
local function holder(stored, token)
  if #stored < 24 then return -2 end
  local theirs, ours = struct.unpack('>I8', stored), struct.unpack('>I8', token)
  if theirs > ours then return -1 end
  if theirs == ours and string.sub(stored, 9, 16) ~= string.sub(token, 9, 16) then return -1 end
  return 1
end
local function put(key, value, px, nx)
  if px == '0' then return redis.call('SET', key, value, unpack(nx)) end
  return redis.call('SET', key, value, 'PX', px, unpack(nx))
end
`

/** KEYS epoch, session; ARGV epoch, px, record. 1: written, 0: there was one. */
export const CREATE = script(`
if put(KEYS[2], ARGV[3], ARGV[2], {'NX'}) then return {epoch, 1} end
return {epoch, 0}
`)

/**
 * KEYS epoch, sessions; ARGV epoch, px, records. The same revision was written before and its answer lost; a greater one
 * need not be the next, since every record is whole: so a holder heals a store that has lost some.
 */
export const COMMIT = script(`
local out = {epoch}
for i = 2, #KEYS do
  local record = ARGV[i + 1]
  local stored = redis.call('GETRANGE', KEYS[i], 0, 23)
  local code = holder(stored, record)
  if code == 1 then
    local newer = struct.unpack('>I8', stored) < struct.unpack('>I8', record)
    if newer or struct.unpack('>I8', stored, 17) < struct.unpack('>I8', record, 17) then
      put(KEYS[i], record, ARGV[2], {})
    end
  end
  out[i] = code
end
return out
`)

/** KEYS epoch, session; ARGV epoch, head as seen, nonce. Keeps its time to live. */
export const CLAIM = script(`
if redis.call('GETRANGE', KEYS[2], 0, 39) ~= ARGV[2] then return {epoch, 0} end
local fence = struct.unpack('>I8', ARGV[2])
redis.call('SETRANGE', KEYS[2], 0, struct.pack('>I8', fence + 1) .. ARGV[3])
return {epoch, 1}
`)

/** KEYS epoch, session; ARGV epoch, token. */
export const CHECK = script(`
return {epoch, holder(redis.call('GETRANGE', KEYS[2], 0, 23), ARGV[2])}
`)

/** KEYS epoch, session; ARGV epoch, token. */
export const END = script(`
local code = holder(redis.call('GETRANGE', KEYS[2], 0, 23), ARGV[2])
if code == 1 then redis.call('DEL', KEYS[2]) end
return {epoch, code}
`)

/** KEYS epoch, sessions; ARGV epoch, px. */
export const TOUCH = script(`
for i = 2, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return {epoch, 1}
`)
