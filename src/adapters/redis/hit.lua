-- Counts one hit for every key of a choice, or for none of them when one is used up.
--
-- KEYS are lists of the times of hits, the oldest first. ARGV has four numbers for each key: the
-- number of its choice, how many hits there may be, within how many microseconds, and 0 when the
-- key is only tested. The keys of a choice stand together. The first choice that has something
-- left for each of its keys is counted. Gives its number, or 0, and then three numbers for each
-- key: the time of the hit that was counted or 0, how many hits there are, and in how many
-- microseconds one more is free.

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local times, counts, used_up = {}, {}, {}

for i, key in ipairs(KEYS) do
  local choice = tonumber(ARGV[4 * i - 3])
  local most, window = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
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
    used_up[choice] = true
  end
end

local chosen = 0
for i = 1, #KEYS do
  local choice = tonumber(ARGV[4 * i - 3])
  if not used_up[choice] then
    chosen = choice
    break
  end
end

local answer = { chosen }

for i, key in ipairs(KEYS) do
  local choice, cost = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i])
  local most, window = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  local stamp = 0
  if choice == chosen and cost > 0 then
    stamp = times[i]
    redis.call('RPUSH', key, string.format('%.0f', stamp))
    redis.call('PEXPIRE', key, string.format('%.0f', window / 1000))
    counts[i] = counts[i] + 1
  end
  -- A limit that was lowered since may have more hits than it allows.
  local leaving = redis.call('LINDEX', key, math.max(0, counts[i] - most))
  answer[#answer + 1] = stamp
  answer[#answer + 1] = counts[i]
  answer[#answer + 1] = leaving and leaving + window - now or 0
end

return answer
