/** Limits of channels, of what is read from them, and of the bots in them as far as no hook's end
 *  depends on it. Sizes are bytes of UTF-8, times are milliseconds. */
export const CHANNEL_LIMITS = {
  nameChars: 120,
  displayNameChars: 60,
  botsPerChannel: 8,
  opsPerUpdate: 16,
  idempotencyKeyChars: 128,
  /** How long a repeated call is recognised by its key. */
  idempotencyMs: 24 * 60 * 60 * 1000,
  /** Rounds of public randomness that a channel waits for: more come up only while the beacon is
   *  away. */
  awaitedRounds: 32,
  syncTimeoutMs: 45_000,
  syncDefaultTimeoutMs: 25_000,
  syncDefaultCount: 100,
  syncMaxCount: 500,
  /** The messages of one answer of sync_messages, as JSON: more wait for the next call. */
  syncBytes: 256 * 1024,
  /** The messages on one page of a transcript that is read as a resource. */
  transcriptBytes: 64 * 1024,
  listMaxCount: 100,
  /** Why a bot was not attached, as an answer tells and keeps it. */
  botErrorChars: 1_000,
  /** Channels of one's own that are looked through for a bot's source. */
  sourceChannels: 1_000,
  hookMs: 5_000,
  /** How long looking at a source may take. A parser can be made to take for ever. An honest source
   *  takes 0.2 s, and ten times that on a machine under load. */
  inspectMs: 5_000,
  /** A bot whose hooks had to be killed so often in a row is paused until an admin resumes it. */
  killsBeforePause: 3,
  /** Hosts in a bot's `manifest.net`. */
  netHosts: 16,
  /** Sealed values of a bot: how many, and their bytes in all. */
  envNames: 16,
  envBytes: 4 * 1024,
  /** Entries of a channel that the server itself verifies. */
  auditEntries: 2_000,
  /** How long the link to an export works. */
  exportLinkMs: 10 * 60 * 1000,
} as const;
