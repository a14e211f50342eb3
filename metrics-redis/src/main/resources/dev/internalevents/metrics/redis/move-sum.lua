-- Adds a sum that an earlier version kept to the key of today, and removes it.
-- KEYS: the earlier key, the key of today. ARGV: its expiry in seconds (0: never).
local sum = redis.call('GET', KEYS[1])
if sum then
  redis.call('INCRBYFLOAT', KEYS[2], sum)
  if tonumber(ARGV[1]) > 0 then
    redis.call('EXPIRE', KEYS[2], ARGV[1])
  end
  redis.call('DEL', KEYS[1])
end
return 1
