-- For wrk: asks with credentials of a file, drawn at random.
-- The file named by BENCH_REQUEST says what to ask: method, path, whether one credential is enough,
-- the file of credentials, the body, then a header a line. {token} stands for a credential.

local tokens = {}
local requests = {}  -- Whole, where credentials differ in length.
local before, after  -- Else what stands around one.

local function read(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

local function substitute(text, token)
  return (text:gsub("{token}", function() return token end))
end

local function format(spec, token)
  local headers = { ["Host"] = "127.0.0.1" }
  for i = 6, #spec do
    local name, value = spec[i]:match("^(.-): (.*)$")
    headers[name] = substitute(value, token)
  end
  local body = spec[5] ~= "" and substitute(spec[5], token) or nil
  return wrk.format(spec[1], spec[2], headers, body)
end

function init(args)
  local spec = read(os.getenv("BENCH_REQUEST"))
  tokens = read(spec[4])
  if spec[3] == "1" then tokens = { tokens[1] } end
  local same = true
  for i = 2, #tokens do same = same and #tokens[i] == #tokens[1] end
  if same then
    local text = format(spec, tokens[1])
    local first, last = text:find(tokens[1], 1, true)
    same = not text:find(tokens[1], last + 1, true)
    before, after = text:sub(1, first - 1), text:sub(last + 1)
  end
  if not same then
    before = nil
    for i = 1, #tokens do requests[i] = format(spec, tokens[i]) end
  end
  math.randomseed(os.time())
end

function request()
  local i = math.random(#tokens)
  if before then return before .. tokens[i] .. after end
  return requests[i]
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('BENCH {"requests": %d, "duration_us": %d, "errors": %d, "p50_us": %d, "p99_us": %d}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
