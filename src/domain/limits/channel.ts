/** Limits of channels, of reads from them, and of their bots as far as no hook's outcome depends on
 *  it. Sizes are bytes of UTF-8, times are milliseconds. */
export const CHANNEL_LIMITS = {
  nameChars: 120,
  displayNameChars: 60,
  botsPerChannel: 8,
  opsPerUpdate: 16,
  idempotencyKeyChars: 128,
  /** How long the server recognises a repeated call by its key. */
  idempotencyMs: 24 * 60 * 60 * 1000,
  /** Rounds of public randomness that a channel may wait for. More accumulate only while the beacon
   *  does not answer. */
  awaitedRounds: 32,
  syncTimeoutMs: 45_000,
  syncDefaultTimeoutMs: 25_000,
  syncDefaultCount: 100,
  syncMaxCount: 500,
  /** The messages in one response of sync_messages, as JSON. The rest waits for the next call. */
  syncBytes: 256 * 1024,
  /** The messages on one page of a transcript that is read as an MCP resource. */
  transcriptBytes: 64 * 1024,
  listMaxCount: 100,
  /** The reason why a bot was not attached, as returned and stored. */
  botErrorChars: 1_000,
  /** The most of a principal's own channels that are searched for a bot's source. */
  sourceChannels: 1_000,
  hookMs: 5_000,
  /** How long inspecting a source may take. Some sources make a parser run forever. An honest
   *  source takes 0.2 s, and ten times that on a machine under load. */
  inspectMs: 5_000,
  /** Hooks of a bot killed in a row before the bot is paused until an admin resumes it. */
  killsBeforePause: 3,
  /** The most hosts in a bot's `manifest.net`. */
  netHosts: 16,
  /** Sealed values of a bot: their number, and their total size. */
  envNames: 16,
  envBytes: 4 * 1024,
  /** The most entries of a channel that the server itself verifies. */
  auditEntries: 2_000,
  /** How long the link to an export is valid. */
  exportLinkMs: 10 * 60 * 1000,
} as const;
