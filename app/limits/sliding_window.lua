-- One budget of one subject. KEYS[1]; ARGV: limit, window in microseconds, the largest limit whose calls are remembered one by
-- one, and into how many parts a window is divided above it. Answers {allowed, remaining, left_us}: so long until the first of
-- the calls that count is given back, for a refused one until the next passes. Time is the server's: nodes with other clocks
-- agree. No window of that length has more than `limit`, of either kind.
local limit, window, exact, parts = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local key = KEYS[1]

local function text(stamp)
  return string.format('%.0f', stamp)
end

-- A clock that was set back, as by a failover to another machine: the newest call counts as of now, the others as long before it
-- as they were, so that nobody waits for longer than a window.
local function set_back(step)
  local kept = redis.call('LRANGE', key, 0, -1)
  local newest = tonumber(kept[#kept - step + 1])
  if not newest or newest <= now then
    return kept
  end
  redis.call('DEL', key)
  for at = 1, #kept do
    if (at - 1) % step == 0 then
      kept[at] = text(tonumber(kept[at]) - newest + now)
    end
    redis.call('RPUSH', key, kept[at])
  end
  return kept
end

-- Each call: a list of stamps.
local function stamps()
  local newest = tonumber(redis.call('LINDEX', key, -1))
  if newest and newest > now then
    set_back(1)
  end
  local oldest = tonumber(redis.call('LINDEX', key, 0))
  while oldest and oldest <= now - window do
    redis.call('LPOP', key)
    oldest = tonumber(redis.call('LINDEX', key, 0))
  end
  local used = redis.call('LLEN', key)
  if used < limit then
    redis.call('RPUSH', key, text(now))
    return {1, limit - used - 1, (oldest or now) + window - now}
  end
  return {0, 0, tonumber(redis.call('LINDEX', key, used - limit)) + window - now}
end

-- The calls of one part of a window together, as if all had come with the last of them: a list of last, count, last, count.
local function counts()
  local kept, lasts, numbers, used = set_back(2), {}, {}, 0
  for at = 1, #kept, 2 do
    local last, count = tonumber(kept[at]), tonumber(kept[at + 1])
    if last > now - window then
      lasts[#lasts + 1], numbers[#numbers + 1], used = last, count, used + count
    end
  end
  redis.call('LTRIM', key, #kept - 2 * #lasts, -1)
  if used >= limit then
    local at = 0
    repeat
      at = at + 1
      used = used - numbers[at]
    until used < limit
    return {0, 0, lasts[at] + window - now}
  end
  local part, newest = window / parts, lasts[#lasts]
  if newest and math.floor(newest / part) == math.floor(now / part) then
    redis.call('LSET', key, -2, text(now))
    redis.call('LSET', key, -1, numbers[#numbers] + 1)
    lasts[#lasts] = now
  else
    redis.call('RPUSH', key, text(now), 1)
  end
  return {1, limit - used - 1, (lasts[1] or now) + window - now}
end

local answer = limit <= exact and stamps() or counts()
redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1)
return answer
