/** What a bot's source may take for granted. Only for editors: the sandbox strips types. */
interface Message {
  id: number;
  channel_id: string;
  sender: string;
  kind: "user" | "bot" | "system" | "control";
  body: Record<string, unknown>;
  ts: string;
  to?: string[];
}

interface BotContext {
  /** Posts to the channel when the hook returns, to everyone or to some players. At most 20 posts of 16 KiB a hook. */
  post(
    kind: "bot" | "system" | "control",
    body: Record<string, unknown> | string,
    options?: { to?: string[] },
  ): void;
  /** What the last hook left with set_state; null before the first. */
  get_state(): unknown;
  set_state(state: unknown): void;
  /** Says that the bot is done for good: it is called no more, and its committed seed is revealed. */
  end(result?: unknown): void;
  /** Who sits in the channel. */
  players(): { player_id: string; display_name: string }[];
}
