/** Short examples of calls, for readers of `/openapi.json`. A test makes these calls. */

const channel_id = "chn_AAAAAAAAAAAAAAAAAAAAAA";

export const EXAMPLES: Readonly<Record<string, Record<string, unknown>>> = {
  create_channel: {
    name: "Guessing game",
    slots: ["bot:referee", "invite:alice", "invite:bob"],
    bot_preset: "GuessBot",
  },
  join_channel: { invite_code: "inv_AAAAAAAAAAAAAAAAAAAAAA", display_name: "Alice" },
  post_message: { channel_id, body: "Hello", idempotency_key: "hello-1" },
  make_game_move: { channel_id, game: "guess", action: "guess", value: 42 },
  sync_messages: { channel_id, cursor: 0, timeout_ms: 20_000 },
  get_channel_info: { channel_id },
  leave_channel: { channel_id },
};
