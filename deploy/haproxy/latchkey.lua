-- Asks Latchkey's gate about a request: `http-request lua.latchkey ADDRESS APP`.
--
-- Sets txn.latchkey to "allowed" and the identity headers, or ends the request with the gate's answer.
-- HAProxy goes on when a script fails, so the configuration must refuse what has no "allowed".

local IDENTITY = {
  "x-latchkey-account", "x-latchkey-email", "x-latchkey-credential", "x-latchkey-scopes",
}
-- What of a denial goes on to the client.
local OF_DENIALS = { "content-type", "www-authenticate", "retry-after", "allow", "cache-control" }
local TIMEOUT_MS = 5000

local function all_of(field)
  local values = {}
  local index = 0
  -- HAProxy counts a header's lines from 0.
  while field and field[index] do
    values[#values + 1] = field[index]
    index = index + 1
  end
  return values
end

local function deny(txn, status, fields, body)
  local reply = txn:reply()
  reply:set_status(status)
  for name, values in pairs(fields) do
    for _, value in ipairs(values) do
      reply:add_header(name, value)
    end
  end
  reply:set_body(body or "")
  txn:done(reply)
end

local function unavailable(txn)
  deny(txn, 503, { ["content-type"] = { "application/problem+json" }, ["retry-after"] = { "5" } },
    '{"status":503,"title":"Nobody could decide",' ..
    '"detail":"The credential could not be checked. Try again later."}')
end

core.register_action("latchkey", { "http-req" }, function(txn, address, app)
  local sent = txn.http:req_get_headers()
  local asked = {
    ["x-haproxy-method"] = { txn.f:method() },
    -- The path and query alone, whether the request came with an absolute form or over HTTP/2.
    ["x-haproxy-uri"] = { txn.f:pathq() },
    ["x-haproxy-host"] = all_of(sent["host"]),
    ["x-haproxy-client"] = { txn.f:src() },
    ["host"] = { "latchkey" },
  }
  -- All of them: two credentials are for the gate to refuse.
  for _, name in ipairs({ "authorization", "user-agent" }) do
    local values = all_of(sent[name])
    if #values > 0 then asked[name] = values end
  end
  local client = core.httpclient()
  local answer = client:get{
    url = "http://latchkey/gate/" .. app .. "/haproxy",
    dst = address,
    headers = asked,
    timeout = TIMEOUT_MS,
  }
  local kind = answer and answer.headers and all_of(answer.headers["content-type"])[1] or ""
  if answer and answer.status ~= 200 and answer.status >= 400 and kind:find("^application/") then
    local passed = {}
    for _, name in ipairs(OF_DENIALS) do
      local values = all_of(answer.headers[name])
      if #values > 0 then passed[name] = values end
    end
    return deny(txn, answer.status, passed, answer.body)
  end
  -- HAProxy makes an answer of its own (503 in HTML) where nobody answers.
  if not answer or answer.status ~= 200 then
    return unavailable(txn)
  end
  for _, name in ipairs(IDENTITY) do
    txn.http:req_set_header(name, all_of(answer.headers[name])[1] or "")
  end
  txn:set_var("txn.latchkey", "allowed")
end, 2)
