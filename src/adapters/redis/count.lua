-- Counts up by ARGV[1]; whoever counts first gives the counter ARGV[2] milliseconds to live.
-- Gives the number as text, since Lua's own are exact to 53 bits only; nothing where there is no
-- number to count on, or no room for the result.
local counted = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(counted) == 'table' then
    if string.find(counted['err'], 'not an integer') or string.find(counted['err'], 'overflow') then
        return false
    end
    return counted
end
if redis.call('PTTL', KEYS[1]) < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('GET', KEYS[1])
