-- Adds a sum that an earlier version kept to the key of today, and removes it.
-- KEYS: the earlier key, the key of today. ARGV: its expiry in seconds (0: never). Returns the key that was refused, if one
-- was, with the reason; both stay as they are then.
local sum = attempt(1, 'GET', KEYS[1])
if sum and attempt(tonumber(sum) and 2 or 1, 'INCRBYFLOAT', KEYS[2], sum) then
  if tonumber(ARGV[1]) > 0 then
    redis.call('EXPIRE', KEYS[2], ARGV[1])
  end
  redis.call('DEL', KEYS[1])
end
return refused
