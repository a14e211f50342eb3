-- Code common to the scripts, prepended to each of them.
-- Redis does not undo the writes of a script that fails. So a key that rejects its amount does not end the script: it is left
-- unchanged, and returned with Redis's reason.
-- How long the position of a queue is retained, in seconds: RedisMetricStore.POSITION_EXPIRY.
local positionExpiry = 5184000
local refused = {}
local isRefused = {}

local function refuse(index, reason)
  if not isRefused[KEYS[index]] then
    isRefused[KEYS[index]] = true
    refused[#refused + 1] = KEYS[index]
    refused[#refused + 1] = reason
  end
end

-- Returns whether the reason is the key's value. Every other reason, such as no memory, affects all keys, and Redis reports it
-- at the first write, so that nothing is added.
local function isOfKey(reason)
  for _, part in ipairs({'WRONGTYPE', 'not an integer', 'not a valid float', 'would overflow', 'NaN or Infinity'}) do
    if string.find(reason, part, 1, true) then
      return true
    end
  end
  return false
end

-- Returns the answer to the command; nil if the key rejected it.
local function attempt(index, ...)
  local answer = redis.pcall(...)
  if type(answer) ~= 'table' or not answer.err then
    return answer
  end
  if not isOfKey(answer.err) then
    -- Raises the same error.
    return redis.call(...)
  end
  refuse(index, answer.err)
  return nil
end

-- Returns whether the batch at this position, or a later one, was already added; the first key contains the position.
local function isAdded(segment, offset)
  local at = segment >= 0 and attempt(1, 'GET', KEYS[1])
  if not at then
    return false
  end
  local s, o = string.match(at, '^(%d+):(%d+)$')
  if not s then
    refuse(1, 'ERR value is not a position')
    return false
  end
  s, o = tonumber(s), tonumber(o)
  return segment < s or (segment == s and offset <= o)
end
