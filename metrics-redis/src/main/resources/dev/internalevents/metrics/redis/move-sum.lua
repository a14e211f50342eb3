-- Adds a sum written by an earlier version to today's key, and removes it.
-- KEYS: the earlier key, today's key. ARGV: the expiry of today's key in seconds (0: never). Returns the key that rejected it,
-- if any, with the reason; then both keys are left unchanged.
local sum = attempt(1, 'GET', KEYS[1])
if sum and attempt(tonumber(sum) and 2 or 1, 'INCRBYFLOAT', KEYS[2], sum) then
  if tonumber(ARGV[1]) > 0 then
    redis.call('EXPIRE', KEYS[2], ARGV[1])
  end
  redis.call('DEL', KEYS[1])
end
return refused
