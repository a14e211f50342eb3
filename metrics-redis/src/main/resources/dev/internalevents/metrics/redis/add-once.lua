-- Adds amounts to counters, all or none, unless the batch at this position was added before.
-- KEYS: the key of the position, then the counters. ARGV: the position's segment and offset, the command, and for each
-- counter its amount and its expiry in seconds (0: never).
local at = redis.call('GET', KEYS[1])
local segment, offset = tonumber(ARGV[1]), tonumber(ARGV[2])
if at and segment >= 0 then
  local s, o = string.match(at, '^(%d+):(%d+)$')
  s, o = tonumber(s), tonumber(o)
  if segment < s or (segment == s and offset <= o) then
    return 0
  end
end
for i = 2, #KEYS do
  redis.call(ARGV[3], KEYS[i], ARGV[2 * i])
  local expiry = tonumber(ARGV[2 * i + 1])
  if expiry > 0 then
    redis.call('EXPIRE', KEYS[i], expiry)
  end
end
if segment >= 0 then
  redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2])
end
return 1
