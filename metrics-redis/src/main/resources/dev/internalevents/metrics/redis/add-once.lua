-- Adds amounts to counters in one step, unless the batch at this position was added before.
-- KEYS: the key of the position, then the counters. ARGV: the position's segment and offset, the command, and for each
-- counter its amount and its expiry in seconds (0: never). Returns the keys that rejected it, each with the reason.
if isAdded(tonumber(ARGV[1]), tonumber(ARGV[2])) then
  return refused
end
for i = 2, #KEYS do
  local expiry = tonumber(ARGV[2 * i + 1])
  if attempt(i, ARGV[3], KEYS[i], ARGV[2 * i]) and expiry > 0 then
    redis.call('EXPIRE', KEYS[i], expiry)
  end
end
if tonumber(ARGV[1]) >= 0 then
  redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'EX', positionExpiry)
end
return refused
