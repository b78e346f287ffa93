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
      "name slots bot_preset bot_code bot_language bot_name bot_params bots visibility sealed rated spectators spectator_delay spectator_max spectators_speak open_seats idempotency_key -> " +
      "channel_id invites host_token spectate_token view bots bot_errors next",
    join_channel: "invite_code channel_id display_name entropy rotate receipt idempotency_key -> " +
      "channel_id slot_id player_id rejoin_token your_seats view bots receipt next",
    find_match:
      "bot_preset code_hash params any_params rated display_name timeout_ms ticket challenge cancel -> " +
      "channel_id slot_id player_id rejoin_token your_seats view bots receipt next status ticket challenge expires_at",
    post_message:
      "channel_id body kind to display_name wait_ms cursor receipt rejoin_token idempotency_key -> " +
      "why messages omitted position game legal_moves ranges answers cursor receipt next msg_id ts",
    make_game_move:
      "channel_id game action value answers to wait_ms cursor receipt rejoin_token idempotency_key -> " +
      "why messages omitted position game legal_moves ranges answers cursor receipt next msg_id ts",
    wait_for_turn: "channel_id cursor timeout_ms receipt rejoin_token -> " +
      "why messages omitted position game legal_moves ranges answers cursor receipt next",
    sync_messages:
      "channel_id cursor timeout_ms limit last proof receipt rejoin_token -> messages omitted cursor view more receipt next",
    "get_channel_info = who":
      "channel_id proof rejoin_token -> view bots bots_wait closes_at you storage next",
    show_board: "channel_id rejoin_token -> board view players turn over you move cursor next",
    get_bot_code:
      "channel_id bot_id offset module rejoin_token -> bot_id name source inline_code source_chars language code_hash " +
      "manifest manifest_hash params engine imports seed_commit next",
    get_evidence: "channel_id msg_id body_hash rejoin_token -> body_hash text base64 next",
    get_proof:
      "channel_id id since body_hash rejoin_token -> size checkpoint inclusion consistency evidence next",
    export_channel: "channel_id rejoin_token -> url expires_at entries next",
    verify_channel:
      "channel_id receipts rejoin_token -> ok channel_id entries hooks checks report next",
    make_commitment: "value commit salt -> commit salt ok next",
    check_commitment: "commit salt value -> ok next",
    "list_bots = get_rules": "name offset -> bots next",
    list_channels:
      "query game open ended hidden limit cursor -> channels total_channels next_cursor next",
    leaderboard:
      "ladder limit cursor opt_out handle -> ladders ladder players results you next_cursor next",
    attach_bot:
      "channel_id bot_preset bot_code bot_language bot_name bot_params bot rejoin_token -> " +
      "bot_id code_hash manifest_hash view next",
    debug_bot: "channel_id bot_id tail_logs emit_hook replace_state rejoin_token -> " +
      "bot_id paused ended cursor state timers hooks log next",
    update_channel: "channel_id ops rejoin_token -> ok view bots invites spectate_token next",
    leave_channel: "channel_id rejoin_token -> ok next",
    health_check: " -> status time next",
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
    mcpStrict: false,
    operators: [],
    idleMs: 90 * 24 * 60 * 60 * 1000,
    kvUrl: "data/multiplayer.sqlite3",
    storage: {
      channel: 64 * 1024 ** 2,
      perGuest: 128 * 1024 ** 2,
      perPerson: 1024 * 1024 ** 2,
      guests: 8192 * 1024 ** 2,
    },
    guests: true,
    trustedClients: [],
    clientDocuments: undefined,
    proxy: undefined,
    login: undefined,
    sandbox: "process",
    sandboxHosts: 2,
    hookTimeoutMs: 5000,
    botNetwork: "https",
    ladders: {},
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
