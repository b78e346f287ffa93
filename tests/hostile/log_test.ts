/** Secrets in the wrong place, which a careless log would contain. Each row sends one, and the
 *  check after it reads the log of all levels. */
import type { Answer } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";
import { callTool, modern, rpc } from "./rpc.ts";

/** Functions that each send a secret somewhere, with the token of a valid caller. */
const SENT: Record<string, (kit: Attacker, secret: string, token: string) => Promise<Answer>> = {
  "as a broken body": (kit, secret, token) => rpc(kit, `{"id":1,"x":${secret}}`, token),
  "as a whole body": (kit, secret, token) => rpc(kit, secret, token),
  "as a method": (kit, secret, token) => rpc(kit, { jsonrpc: "2.0", id: 1, method: secret }, token),
  "as the id of an answer to nothing": (kit, secret, token) =>
    rpc(kit, { jsonrpc: "2.0", id: secret, result: { secret } }, token),
  "as a tool's name": (kit, secret, token) => callTool(kit, secret, { secret }, token),
  "as a list": (kit, secret, token) =>
    callTool(kit, "join_channel", { invite_code: [secret], [secret]: 1 }, token),
  "as a header that the body doesn't confirm": (kit, secret, token) =>
    modern(kit, "tools/call", { name: "who", arguments: {} }, token, { "mcp-name": secret }),
  "as a resource": (kit, secret, token) => modern(kit, "resources/read", { uri: secret }, token),
  "as a prompt": (kit, secret, token) => modern(kit, "prompts/get", { name: secret }, token),
  "as a protocol version": (kit, secret, token) =>
    rpc(kit, { jsonrpc: "2.0", id: 1, method: "ping" }, token, { "mcp-protocol-version": secret }),
  "in a path": (kit, secret) => kit.get(`/join/${secret}`),
  "in a query": (kit, secret) => kit.get(`/health_check?access_token=${secret}`),
  "as a verb's key": (kit, secret, token) =>
    kit.rest("health_check", {}, token, { "idempotency-key": secret }),
  "as a broken message": (kit, secret, token) =>
    kit.rest("post_message", `{"rejoin_token":${secret}}`, token),
  "as a grant": (kit, secret) => kit.token({ grant_type: secret, code: secret, client_id: secret }),
  "as a redirect URI": (kit, secret) => kit.register({ redirect_uris: [secret] }),
  "as an invalid assertion": (kit, secret) => kit.token({ client_assertion: secret }),
};

const ROWS: AttackTable = Object.fromEntries(
  Object.entries(SENT).map(([place, send]): [string, AttackTable[string]] => [
    `a secret is sent ${place}`,
    ["no mistake", async ({ kit }) => {
      const { access_token } = await kit.signIn();
      const secret = kit.secret(`rejoin_${crypto.randomUUID().replaceAll("-", "")}`);
      const { status } = await send(kit, secret, access_token);
      return status < 500 ? "no mistake" : String(status);
    }],
  ]),
);

attacks("secrets in the wrong place", ROWS);
