/** What the outside sees, pinned: a change here breaks clients and scripts that exist. */
import assert from "node:assert/strict";
import { REFUSAL_CODES } from "../src/kernel/refusal.ts";
import { OPERATIONS } from "../src/operations/all.ts";
import { readConfig } from "../src/config/config.ts";

Deno.test("operations: names, inputs and outputs", () => {
  const shape = Object.fromEntries(OPERATIONS.map(({ name, aliases = [], input, output }) => [
    [name, ...aliases].join(" = "),
    `${Object.keys(input.shape).join(" ")} -> ${Object.keys(output.shape).join(" ")}`,
  ]));
  assert.deepEqual(shape, {
    create_channel:
      "name slots bot_preset bot_code bot_language bot_name bot_params bots visibility sealed spectators idempotency_key -> " +
      "channel_id invites view bots bot_errors next",
    join_channel: "invite_code display_name entropy rotate idempotency_key -> " +
      "channel_id slot_id player_id rejoin_token view bots receipt next",
    post_message: "channel_id body kind to rejoin_token idempotency_key -> msg_id ts receipt next",
    make_game_move:
      "channel_id game action value rejoin_token idempotency_key -> msg_id ts receipt next",
    sync_messages:
      "channel_id cursor timeout_ms limit salts rejoin_token -> messages cursor view more receipt next",
    "get_channel_info = who": "channel_id rejoin_token -> view bots bots_wait you storage next",
    get_bot_code:
      "channel_id bot_id rejoin_token -> bot_id name source inline_code language code_hash " +
      "manifest manifest_hash params engine imports seed_commit",
    get_evidence: "channel_id msg_id body_hash rejoin_token -> body_hash text base64",
    get_proof: "channel_id id since rejoin_token -> size checkpoint inclusion consistency",
    export_channel: "channel_id rejoin_token -> url expires_at entries next",
    verify_channel: "channel_id receipts rejoin_token -> ok channel_id entries hooks checks report",
    make_commitment: "value -> commit salt next",
    check_commitment: "commit value salt -> ok",
    list_channels: "query limit cursor -> channels total_channels next_cursor",
    attach_bot: "channel_id bot rejoin_token -> bot_id code_hash manifest_hash view next",
    update_channel: "channel_id ops rejoin_token -> ok view bots invites next",
    leave_channel: "channel_id rejoin_token -> ok next",
    health_check: " -> status time",
  });
});

Deno.test("errors: the codes, in the order of the promise", () => {
  assert.equal(
    REFUSAL_CODES.join(" "),
    "INVALID_REQUEST INVITE_INVALID REJOIN_TOKEN_INVALID SLOT_ALREADY_FILLED CHANNEL_NOT_FOUND " +
      "NOT_MEMBER SEAT_AMBIGUOUS NOT_ADMIN BAD_OP BOT_NOT_FOUND BOT_REJECTED CHANNEL_CLOSED " +
      "CHANNEL_SEALED MUTED TOO_LARGE RATE_LIMIT TIMEOUT UNAVAILABLE INTERNAL_ERROR",
  );
});

Deno.test("environment: defaults", () => {
  assert.deepEqual(readConfig({ get: () => undefined }), {
    port: 8100,
    host: "127.0.0.1",
    publicUrl: undefined,
    allowedOrigins: undefined,
    anyHost: false,
    trustedProxies: 0,
    rateLimits: true,
    kvUrl: "data/multiplayer.sqlite3",
    storage: {
      channel: 64 * 1024 ** 2,
      perGuest: 128 * 1024 ** 2,
      perPerson: 1024 * 1024 ** 2,
      guests: 8192 * 1024 ** 2,
    },
    guests: true,
    trustedClients: [],
    login: undefined,
    sandbox: "process",
    sandboxHosts: 2,
    hookTimeoutMs: 5000,
    botNetwork: "https",
    envKey: undefined,
    signingKey: undefined,
    beacon: {
      used: false,
      chain: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
      relays: [
        "https://api.drand.sh",
        "https://api2.drand.sh",
        "https://api3.drand.sh",
        "https://drand.cloudflare.com",
      ],
    },
    logLevel: "info",
  });
});

Deno.test("environment: TRUSTED_CLIENTS is a list of ids", () => {
  const read = (text: string) =>
    readConfig({ get: (name) => name === "TRUSTED_CLIENTS" ? text : undefined }).trustedClients;
  assert.deepEqual(read("https://a.example/c, b\n"), ["https://a.example/c", "b"]);
  assert.throws(() => read("x".repeat(501)), { name: "ConfigError" });
});
