-- One budget of one subject. KEYS[1]; ARGV: limit, window in microseconds, the largest limit that is counted exactly.
-- Answers {allowed, remaining, reset_us, retry_us}. Time is the server's, so that nodes with other clocks agree.
-- Up to the exact bound: a list of the stamps of accepted calls; no window of that length ever holds more than `limit`.
-- Above: two fixed windows, the earlier one weighted; it may be wrong by the unevenness within the earlier window.
local limit, window, exact = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local key = KEYS[1]

if limit > exact then
  local slot = math.floor(now / window)
  local kept = redis.call('HMGET', key, 's', 'c', 'p')
  local current, earlier = 0, 0
  if tonumber(kept[1]) == slot then
    current, earlier = tonumber(kept[2]), tonumber(kept[3])
  elseif tonumber(kept[1]) == slot - 1 then
    earlier = tonumber(kept[2])
  end
  local left = window - (now - slot * window)
  local used = current + earlier * left / window
  local allowed = 0
  if used + 1 <= limit then
    allowed, current, used = 1, current + 1, used + 1
  end
  redis.call('HSET', key, 's', string.format('%d', slot), 'c', current, 'p', earlier)
  redis.call('PEXPIRE', key, math.ceil(2 * window / 1000))
  local retry = 0
  if allowed == 0 then
    retry = math.min(left, math.ceil(window / math.max(earlier, 1)))
  end
  return {allowed, math.max(0, math.floor(limit - used)), left + window, retry}
end

local stamp = tonumber(redis.call('LINDEX', key, 0))
while stamp and stamp <= now - window do
  redis.call('LPOP', key)
  stamp = tonumber(redis.call('LINDEX', key, 0))
end
local used = redis.call('LLEN', key)
local allowed = 0
if used < limit then
  redis.call('RPUSH', key, string.format('%.0f', now))
  redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1)
  allowed, used = 1, used + 1
end
local newest = tonumber(redis.call('LINDEX', key, -1)) or now
local retry = 0
if allowed == 0 then
  retry = stamp + window - now
end
return {allowed, limit - used, newest + window - now, retry}
