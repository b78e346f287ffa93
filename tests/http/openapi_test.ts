/** `/openapi.json` is valid OpenAPI, describes every route, and every answer matches its
 *  description. */
import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ANNOUNCEMENTS } from "../../src/domain/announcements/all.ts";
import { EXAMPLES } from "../../src/http/openapi/examples.ts";
import { operationNamed, OPERATIONS } from "../../src/operations/all.ts";
import { ENTRY_SAMPLES } from "../domain/announcements/entry_samples.ts";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { type TestServer, testServer } from "../support/server.ts";

async function documentOf({ url }: TestServer): Promise<Wire> {
  const response = await fetch(`${url}/openapi.json`);
  assert.equal(response.headers.get("content-type"), "application/json");
  return await response.json();
}

/** A function that checks values against the schema at a place in the document. */
function checker(document: Wire): (pointer: string, value: unknown, what: string) => void {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { "date-time": true },
  });
  ajv.addSchema(document, "doc");
  return (pointer, value, what) => {
    const validate = ajv.getSchema(`doc#${pointer}`)!;
    assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`);
  };
}

const escaped = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");

/** A player that checks its every request and answer against the document. */
class CheckedPlayer extends Player {
  static seen = new Set<string>();
  readonly #url: string;
  readonly #document: Wire;

  constructor(url: string, token: string, document: Wire) {
    super(url, token);
    this.#url = url;
    this.#document = document;
  }

  override async call(name: string, input: Record<string, unknown> = {}): Promise<Wire> {
    const check = checker(this.#document);
    const path = `/paths/${escaped(`/${name}`)}/post`;
    const type = "application~1json";
    check(`/components/schemas/${this.#schema(name)}_input`, input, `${name} in`);
    const response = await fetch(`${this.#url}/${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    const answer = await response.json();
    CheckedPlayer.seen.add(`${name} ${response.status}`);
    const { responses } = this.#document.paths[`/${name}`].post;
    assert.ok(responses[response.status], `${name} ${response.status} is described`);
    if (response.ok) check(`${path}/responses/200/content/${type}/schema`, answer, name);
    else {
      const at = `/components/responses/${response.status}/content`;
      check(`${at}/application~1problem+json/schema`, answer, `${name} ${answer.code}`);
    }
    return answer;
  }

  #schema(name: string): string {
    return operationNamed.get(name)!.name;
  }
}

Deno.test("/openapi.json is valid OpenAPI 3.1 and describes every route", async () => {
  await using server = await testServer({ sandbox: "off" });
  const document = await documentOf(server);
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  assert.match(document.openapi, /^3\.1\./);
  assert.deepEqual(document.servers, [{ url: server.url }]);
  const routes = OPERATIONS.flatMap(({ name, aliases = [], effects }) =>
    [name, ...aliases].flatMap((path) => [
      `post /${path}`,
      ...effects === "reads" ? [`get /${path}`] : [],
    ])
  );
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item as Wire).map((method) => `${method} ${path}`)
  );
  assert.deepEqual(described.toSorted(), routes.toSorted());
  const ids = Object.values(document.paths as Record<string, Wire>)
    .flatMap((item) => Object.values(item) as Wire[]).map(({ operationId }) => operationId);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("/openapi.json names endpoints of sign-in that exist", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { components } = await documentOf(server);
  const { authorizationCode, clientCredentials } = components.securitySchemes.oauth.flows;
  const metadata = await (await fetch(`${server.url}/.well-known/oauth-authorization-server`))
    .json();
  assert.equal(authorizationCode.authorizationUrl, metadata.authorization_endpoint);
  for (const url of [authorizationCode.tokenUrl, clientCredentials.tokenUrl]) {
    assert.equal(url, metadata.token_endpoint);
  }
});

Deno.test("/openapi.json says what each argument and each member of an answer is", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { components: { schemas } } = await documentOf(server);
  const silent = OPERATIONS.flatMap(({ name }) =>
    ["input", "output"].flatMap((side) => {
      const { properties } = schemas[`${name}_${side}`];
      return Object.entries(properties as Record<string, Wire>)
        .filter(([, { description, anyOf, items, properties }]) =>
          !(description ?? anyOf?.[0].description ?? items?.properties ?? properties)
        )
        .map(([member]) => `${name} ${side} ${member}`);
    })
  );
  assert.deepEqual(silent, []);
});

Deno.test("/openapi.json has examples that match its schemas", async () => {
  await using server = await testServer({ sandbox: "off" });
  const check = checker(await documentOf(server));
  for (const [name, example] of Object.entries(EXAMPLES)) {
    check(`/components/schemas/${name}_input`, example, name);
    const operation = OPERATIONS.find((operation) => operation.name === name)!;
    assert.ok(operation.input.safeParse(example).success, name);
  }
});

const HASH = `sha256:${"00".repeat(32)}`;
const GOLDEN = new URL("../verify/golden/", import.meta.url);

/** The server's entries in channels of every release, as members read them. */
async function goldenEntries(): Promise<Wire[]> {
  const found: Wire[] = [];
  for (const release of Deno.readDirSync(GOLDEN)) {
    if (!release.isDirectory) continue;
    const folder = new URL(`${release.name}/`, GOLDEN);
    for (const { name } of Deno.readDirSync(folder)) {
      if (!name.endsWith(".json")) continue;
      const { entries = [] } = JSON.parse(await Deno.readTextFile(new URL(name, folder)));
      found.push(...entries.filter(({ sender, body }: Wire) => sender === "system" && body));
    }
  }
  return found;
}

Deno.test("/openapi.json has a schema that the server's entries of each declared kind match", async () => {
  await using server = await testServer({ sandbox: "off" });
  const document = await documentOf(server);
  const check = checker(document);
  const message = "/components/schemas/sync_messages_output/properties/messages/items";
  const fits = (entry: Wire) => {
    try {
      check(message, entry, entry.body?.type);
      return true;
    } catch {
      return false;
    }
  };
  for (const entry of await goldenEntries()) check(message, entry, `entry ${entry.id}`);
  const open = { id: 5, channel_id: "chn_1", ts: "2026-11-23T12:00:00.000Z", hash: HASH };
  for (const { type, rule } of ANNOUNCEMENTS) {
    const { description } = document.components.schemas[`${type.replace(":", "_")}_entry`];
    assert.match(description, /\.$/, type);
    const { cause, ...rest } = ENTRY_SAMPLES[type];
    const entry = { ...open, ...rest, ...cause !== undefined && { cause } };
    check(message, entry, type);
    assert.ok(!fits({ ...entry, body: { type } }), `${type} that says nothing`);
    const other = rule.kind === "system" ? "control" : "system";
    assert.ok(!fits({ ...entry, kind: other }), `${type} of kind ${other}`);
    const misplaced = rule.caused ? { ...open, ...rest } : { ...entry, cause: 1 };
    assert.ok(!fits(misplaced), `${type} and its cause`);
    assert.ok(fits({ ...entry, sender: "p1" }), `${type} is what anyone may say`);
    const withheld = { ...entry, body: null, to: ["p1"], withheld: true };
    assert.ok(fits(withheld), `${type} withheld`);
  }
});

Deno.test("the requests, answers and refusals of a game match /openapi.json", async () => {
  await using server = await testServer();
  const document = await documentOf(server);
  const made = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "GuessBot",
  }, 0);
  const as = ({ token }: Player) => new CheckedPlayer(server.url, token, document);
  const [host, alice, bob] = [
    as(made.host),
    as(await Player.at(server.url)),
    as(await Player.at(server.url)),
  ];
  await alice.join(made.created.invites[0]);
  await bob.join(made.created.invites[1]);
  const { channel_id } = alice;
  const started = await alice.readUntil(ofType("bot:turn"));
  const turn = started.find(ofType("bot:turn"));
  const mover = [alice, bob].find(({ player_id }) => player_id === turn.body.player)!;
  await mover.call("wait_for_turn", { channel_id, cursor: 0 });
  await mover.guess(50);
  await mover.say("what a guess");
  await mover.call("post_message", { channel_id, body: "hm", wait_ms: 1 });
  await mover.call("post_message", { channel_id, body: { n: 1 }, idempotency_key: "k" });

  for (const name of ["get_channel_info", "who", "show_board"]) {
    await alice.call(name, { channel_id });
  }
  const { bots: [bot] } = await alice.call("who", { channel_id });
  await alice.call("get_bot_code", { channel_id, bot_id: bot.bot_id });
  await host.call("debug_bot", { channel_id, bot_id: bot.bot_id });
  await alice.call("get_proof", { channel_id, id: 2, since: 1 });
  await alice.call("export_channel", { channel_id });
  await alice.call("verify_channel", { channel_id });
  const value = { move: "rock" };
  const { commit, salt } = await alice.call("make_commitment", { value });
  await bob.call("check_commitment", { commit, value, salt });
  await alice.call("list_bots");
  await alice.call("list_bots", { name: "GuessBot" });
  await alice.call("get_rules", { name: "chess of Mars" });
  await alice.call("leaderboard");
  await alice.call("leaderboard", { ladder: "GuessBot" });
  await alice.call("leaderboard", { opt_out: true });
  await alice.call("list_channels");
  const { ticket } = await alice.call("find_match", { bot_preset: "GuessBot", timeout_ms: 0 });
  await bob.call("find_match", { bot_preset: "GuessBot", timeout_ms: 0 });
  await alice.call("find_match", { ticket });
  await alice.call("find_match", { bot_preset: "Mars" });
  await alice.call("health_check");
  await host.call("create_channel", EXAMPLES.create_channel!);
  const bot_def = { code_ref: "builtin://EchoBot" };
  await host.call("attach_bot", { channel_id, bot: bot_def });
  await host.call("update_channel", { channel_id, ops: [{ type: "rename", name: "renamed" }] });
  await bob.call("leave_channel", { channel_id });

  await bob.call("who", { channel_id: "chn_none" });
  await bob.call("join_channel", { invite_code: "inv_none" });
  await bob.call("post_message", { channel_id, body: "gone" });
  await alice.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  await alice.call("post_message", { channel_id, body: "x".repeat(20_000) });
  await host.call("attach_bot", { channel_id, bot: { inline_code: "no bot" } });
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  await alice.call("post_message", { channel_id, body: "closed" });
  const answered = OPERATIONS.filter(({ name }) => CheckedPlayer.seen.has(`${name} 200`));
  assert.deepEqual(
    OPERATIONS.filter((operation) => !answered.includes(operation)).map(({ name }) => name),
    ["get_evidence"], // needs a bot that fetches from the web: its answer is two strings
  );
});
