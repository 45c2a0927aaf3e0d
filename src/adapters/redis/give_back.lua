-- Takes back hits, and counts others in their place.
--
-- The first ARGV[1] of KEYS had a hit each, at the time that ARGV has for it. The rest are counted
-- whether they are used up or not; ARGV has the length of each window in microseconds.

local back = tonumber(ARGV[1])
for i = 1, back do
  redis.call('LREM', KEYS[i], -1, ARGV[i + 1])
end

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
for i = back + 1, #KEYS do
  local newest = tonumber(redis.call('LINDEX', KEYS[i], -1) or 0) or 0
  redis.call('RPUSH', KEYS[i], string.format('%.0f', math.max(now, newest + 1)))
  redis.call('PEXPIRE', KEYS[i], string.format('%.0f', tonumber(ARGV[i + 1]) / 1000))
end
