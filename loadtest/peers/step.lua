-- wrk: steps of live sessions, one after the other; the ids are the arguments after "--", the first is the joint action.
local ids, body, at = {}, "", 0

function init(args)
  body = '{"actions":' .. args[1] .. "}"
  for i = 2, #args do ids[#ids + 1] = args[i] end
  at = math.random(#ids) -- threads begin at different sessions
end

function request()
  at = at % #ids + 1
  return wrk.format("POST", "/v1/sessions/" .. ids[at] .. "/step", { ["Content-Type"] = "application/json" }, body)
end
