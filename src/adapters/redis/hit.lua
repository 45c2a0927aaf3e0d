-- Counts one hit for every key, or for none of them when one is used up.
--
-- KEYS are lists of the times of hits, the oldest first. ARGV has two numbers for each key: how
-- many hits there may be, and within how many microseconds. Gives 1 when the hit was counted,
-- else 0, and then three numbers for each key: the time of the hit, how many hits there are, and
-- in how many microseconds one more is free.

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local counted = 1
local times, counts = {}, {}

for i, key in ipairs(KEYS) do
  local most, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local newest = tonumber(redis.call('LINDEX', key, -1) or 0) or 0
  if newest > now + window then
    -- The clock was set back, or another server took over: these hits would stay for too long.
    redis.call('DEL', key)
    newest = 0
  end
  -- The times of a list always go up, whatever the clock does, so each names one hit.
  times[i] = math.max(now, newest + 1)
  local oldest = tonumber(redis.call('LINDEX', key, 0) or times[i]) or 0
  while oldest <= times[i] - window do
    redis.call('LPOP', key)
    oldest = tonumber(redis.call('LINDEX', key, 0) or times[i]) or 0
  end
  counts[i] = redis.call('LLEN', key)
  if counts[i] >= most then
    counted = 0
  end
end

local answer = { counted }

for i, key in ipairs(KEYS) do
  local most, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  if counted == 1 then
    redis.call('RPUSH', key, string.format('%.0f', times[i]))
    redis.call('PEXPIRE', key, string.format('%.0f', window / 1000))
    counts[i] = counts[i] + 1
  end
  -- A limit that was lowered since may have more hits than it allows.
  local leaving = redis.call('LINDEX', key, math.max(0, counts[i] - most))
  answer[#answer + 1] = times[i]
  answer[#answer + 1] = counts[i]
  answer[#answer + 1] = leaving and leaving + window - now or 0
end

return answer
