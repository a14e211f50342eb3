-- Adds to the totals by value of hashes in one step, unless the batch at this position was added before.
-- KEYS: the key of the position, then the hashes, one for each amount. ARGV: the position's segment and offset, the maximum
-- number of values of a hash, the value that stands for further ones, and for each amount the value, the amount and the
-- hash's expiry in seconds (0: never). Returns the keys that rejected it, each with the reason.
if isAdded(tonumber(ARGV[1]), tonumber(ARGV[2])) then
  return refused
end
local limit, other = tonumber(ARGV[3]), ARGV[4]
for i = 2, #KEYS do
  local value = ARGV[3 * i - 1]
  local isNew = value ~= other and attempt(i, 'HEXISTS', KEYS[i], value) == 0
  if isNew and redis.call('HLEN', KEYS[i]) - redis.call('HEXISTS', KEYS[i], other) >= limit then
    value = other
  end
  local expiry = tonumber(ARGV[3 * i + 1])
  if attempt(i, 'HINCRBY', KEYS[i], value, ARGV[3 * i]) and expiry > 0 then
    redis.call('EXPIRE', KEYS[i], expiry)
  end
end
if tonumber(ARGV[1]) >= 0 then
  redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'EX', positionExpiry)
end
return refused
