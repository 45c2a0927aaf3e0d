-- Takes back the hit that each key of KEYS had at the time that ARGV has for it.

for i, key in ipairs(KEYS) do
  redis.call('LREM', key, -1, ARGV[i])
end
