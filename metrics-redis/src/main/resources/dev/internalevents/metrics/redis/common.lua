-- What the scripts have in common; it stands before each of them.
-- Redis keeps what a script has written when the script fails. So a key that cannot take its amount does not end the script:
-- it is left as it is, and returned with Redis's reason.
local refused = {}
local isRefused = {}

local function refuse(index, reason)
  if not isRefused[KEYS[index]] then
    isRefused[KEYS[index]] = true
    refused[#refused + 1] = KEYS[index]
    refused[#refused + 1] = reason
  end
end

-- Whether the reason is what the key holds. Every other reason, such as no memory, holds for all keys, and Redis gives it at
-- the first write, so that nothing is added.
local function isOfKey(reason)
  for _, part in ipairs({'WRONGTYPE', 'not an integer', 'not a valid float', 'would overflow', 'NaN or Infinity'}) do
    if string.find(reason, part, 1, true) then
      return true
    end
  end
  return false
end

-- Returns what the command answered; nil if the key refused it.
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

-- Whether the batch at this position, or a later one, was added; the position is in the first key.
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
