-- Adds to the totals by value of hashes, all or none, unless the batch at this position was added before.
-- KEYS: the key of the position, then the hashes, one for each amount. ARGV: the position's segment and offset, the most
-- values that a hash may have, the value that stands for further ones, and for each amount the value, the amount and the
-- hash's expiry in seconds (0: never).
local at = redis.call('GET', KEYS[1])
local segment, offset = tonumber(ARGV[1]), tonumber(ARGV[2])
if at and segment >= 0 then
  local s, o = string.match(at, '^(%d+):(%d+)$')
  s, o = tonumber(s), tonumber(o)
  if segment < s or (segment == s and offset <= o) then
    return 0
  end
end
local most, other = tonumber(ARGV[3]), ARGV[4]
for i = 2, #KEYS do
  local value = ARGV[3 * i - 1]
  if value ~= other and redis.call('HEXISTS', KEYS[i], value) == 0 then
    if redis.call('HLEN', KEYS[i]) - redis.call('HEXISTS', KEYS[i], other) >= most then
      value = other
    end
  end
  redis.call('HINCRBY', KEYS[i], value, ARGV[3 * i])
  local expiry = tonumber(ARGV[3 * i + 1])
  if expiry > 0 then
    redis.call('EXPIRE', KEYS[i], expiry)
  end
end
if segment >= 0 then
  redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2])
end
return 1
