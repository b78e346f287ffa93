/** Limits of channels, of reads from them, and of their bots as far as no hook's outcome depends on
 *  it. Sizes are bytes of UTF-8, times are milliseconds. */
export const CHANNEL_LIMITS = {
  nameChars: 120,
  displayNameChars: 60,
  /** The label of a slot. */
  labelChars: 60,
  /** The bots with which a channel is created. */
  botsPerChannel: 8,
  opsPerUpdate: 16,
  /** An admin's words about an operation. */
  reasonChars: 200,
  /** The longest life of an invite that expires, in seconds: 30 days. */
  inviteMaxS: 30 * 24 * 60 * 60,
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
  syncBytes: 24 * 1024,
  /** How long a reader that could be answered still waits for bots to answer the newest entries. */
  settleMs: 1_000,
  /** The messages in the answer to a player who waited to be called: at most so many, as JSON of at
   *  most so many bytes. */
  calledCount: 64,
  calledBytes: 8 * 1024,
  /** The messages on one page of a transcript that is read as an MCP resource. */
  transcriptBytes: 64 * 1024,
  /** The characters of a bot's source in one answer for a model. */
  sourcePageChars: 24 * 1024,
  /** The characters of a game's rules in one answer. */
  rulesPageChars: 12 * 1024,
  /** The most entries that spectators may be behind, and the most spectators. */
  spectatorDelay: 1_000,
  spectators: 1_000,
  /** The most messages of spectators that they themselves may not see yet. */
  spectatorWords: 64,
  /** How long a spectator counts as watching after it has read. */
  watchingMs: 5 * 60 * 1000,
  listMaxCount: 100,
  /** The most channels that one call of list_channels looks at. */
  listScanned: 2_000,
  /** The names of a channel's bots and games that lists find it by, and their length. */
  listedGames: 16,
  listedGameChars: 60,
  /** The reason why a bot was not attached, as returned and stored. */
  botErrorChars: 1_000,
  /** The most of a principal's own channels that are searched for a bot's source. */
  sourceChannels: 1_000,
  /** How long a hook may take, unless the operator sets another time. */
  hookMs: 5_000,
  /** How long inspecting a source may take. Some sources make a parser run forever. An honest
   *  source takes 0.2 s, and ten times that on a machine under load. */
  inspectMs: 5_000,
  /** Hooks of a bot killed in a row before the bot is paused until an admin resumes it. */
  killsBeforePause: 3,
  /** The sources of all modules that a bot imports. Those of this release have 310,000 bytes. */
  modulesBytes: 512 * 1024,
  /** The most hosts in a bot's `manifest.net`. */
  netHosts: 16,
  /** Arguments of a hook that an admin has called. */
  hookArgs: 3,
  /** Lines of a bot's log in one answer. */
  logTail: 500,
  /** The number of sealed values of a bot. */
  envNames: 16,
  /** The sealed values of a bot together. */
  envBytes: 4 * 1024,
  /** How long nobody must have said anything in a sealed channel before it may be closed while its
   *  bots have not ended. Entry 1 states it. */
  sealedQuietMs: 7 * 24 * 60 * 60 * 1000,
  /** How long the players who have the turn must have said nothing before another one may claim the
   *  game, and after how many times this a turn may be claimed whatever they say. Entry 1 states
   *  the time. */
  claimMs: 24 * 60 * 60 * 1000,
  claimTurnTimes: 7,
  /** How long no member must have done anything before the server warns that it will close the
   *  channel, and how much later at least it does. The operator sets the former; entry 1 states
   *  both. */
  idleMs: 90 * 24 * 60 * 60 * 1000,
  idleNoticeMs: 7 * 24 * 60 * 60 * 1000,
  /** How often the server looks for such channels. */
  idleSweepMs: 60 * 60 * 1000,
  /** How often at most it is written that a member was seen, and for how long that is kept. */
  seenEachMs: 60 * 1000,
  seenKeptMs: 90 * 24 * 60 * 60 * 1000,
  /** How long a player must have waited before answers say when it may claim. */
  claimToldMs: 60 * 60 * 1000,
  /** How long a channel that is to be deleted can still be read and exported. */
  deletionMs: 24 * 60 * 60 * 1000,
  /** The most entries of a channel that the server itself verifies. */
  auditEntries: 2_000,
  /** How long the link to an export is valid. */
  exportLinkMs: 10 * 60 * 1000,
} as const;
