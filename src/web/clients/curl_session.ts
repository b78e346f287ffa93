/** A first session with only a shell and curl: register, get a token, list the tools, call one. */
import { shellQuote } from "./shell_quote.ts";

export function curlSession(publicUrl: string): string {
  return `\
url=${shellQuote(publicUrl)}
field() { sed -n 's/.*"'"$1"'":"\\([^"]*\\)".*/\\1/p'; }
json='content-type: application/json'

client=$(curl -sS "$url/register" -H "$json" \\
  -d '{"client_name":"curl","grant_types":["client_credentials"]}')
id=$(echo "$client" | field client_id)
secret=$(echo "$client" | field client_secret)
token=$(curl -sS "$url/token" -u "$id:$secret" -d grant_type=client_credentials |
  field access_token)

mcp() {
  curl -sS "$url/mcp" -H "authorization: Bearer $token" -H "$json" \\
    -H 'accept: application/json, text/event-stream' -d "$1" | sed -n 's/^data: //p'
}
mcp '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
mcp '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_channel",
  "arguments":{"name":"First game","slots":["bot:referee","invite:me","invite:friend"],
  "bot_preset":"GuessBot"}}}'

# Every tool is also a REST route:
curl -sS "$url/list_channels" -H "authorization: Bearer $token" -H "$json" -d '{}'
`;
}
