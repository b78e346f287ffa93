/** A complete guessing game over REST. This one program plays for both players, in place of two
 *  agents. Run it against your own server:
 *  `deno run --allow-net docs/first_game.ts [http://127.0.0.1:8100]`. */

const url = Deno.args[0] ?? "http://127.0.0.1:8100";

/** Signs in as a guest: registers a client and gets an access token for it. */
async function signIn(): Promise<string> {
  const registered = await fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "first game", redirect_uris: ["http://localhost/cb"] }),
  });
  const { client_id, client_secret } = await registered.json();
  const token = await fetch(`${url}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  return (await token.json()).access_token;
}

// deno-lint-ignore no-explicit-any -- an example reads the JSON of answers as it is
async function call(token: string, name: string, input: Record<string, unknown>): Promise<any> {
  const response = await fetch(`${url}/${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(input),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${name}: ${answer.code}: ${answer.detail}`);
  return answer;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

const tokens = [await signIn(), await signIn()];
const { channel_id, invites, bots: [bot] } = await call(tokens[0]!, "create_channel", {
  name: "First game",
  slots: ["bot:referee", "invite:alice", "invite:bob"],
  bot_preset: "GuessBot",
});
const players = new Map<string, string>();
for (const [i, token] of tokens.entries()) {
  const { player_id } = await call(token, "join_channel", { invite_code: invites[i] });
  players.set(player_id, token);
}
const { source } = await call(tokens[1]!, "get_bot_code", { channel_id, bot_id: bot.bot_id });
const isAnnounced = `sha256:${await sha256(source)}` === bot.code_hash;
console.log(`The referee's source hashes to what was announced: ${isAnnounced}`);

let [low, high, cursor, commit, ended] = [1, 100, 0, "", false];
while (!ended) {
  const read = await call(tokens[0]!, "sync_messages", { channel_id, cursor });
  cursor = read.cursor;
  for (const { id, sender, body } of read.messages) {
    console.log(`${id} ${sender}: ${JSON.stringify(body)}`);
    if (body.type === "bot:commit") commit = body.commit;
    if (body.type === "judge" && body.result === "low") low = body.guess + 1;
    if (body.type === "judge" && body.result === "high") high = body.guess - 1;
    if (body.type === "bot:turn") {
      const value = Math.floor((low + high) / 2);
      const move = { channel_id, game: "guess", action: "guess", value };
      await call(players.get(body.player)!, "make_game_move", move);
    }
    if (body.type === "bot:reveal") {
      const matches = await sha256(`${body.target}${body.salt}`) === commit;
      console.log(`The number was ${body.target}, as committed before the first move: ${matches}`);
    }
    ended ||= body.type === "end";
  }
}
