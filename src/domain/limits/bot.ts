/** The limits that decide how a hook ends. An engine's identity hashes this whole object, and a
 *  guest knows no other limit: a value that is added or changed here makes another engine, one
 *  that is added elsewhere does not. Sizes are bytes of UTF-8, times are milliseconds. */
export const BOT_LIMITS = {
  /** A message body, from a member or a bot, as canonical JSON. */
  bodyBytes: 16 * 1024,
  /** How deep a body or a bot's state may nest. */
  jsonDepth: 32,
  slots: 32,
  botSourceBytes: 48 * 1024,
  botManifestBytes: 4 * 1024,
  botParamsBytes: 8 * 1024,
  botStateBytes: 48 * 1024,
  /** Posts of one hook. */
  hookPosts: 20,
  /** Guest memory of a JavaScript hook. */
  guestMemoryBytes: 16 * 1024 * 1024,
  guestStackBytes: 256 * 1024,
  /** The work of a hook, in turns of the engine's own loops (`sandbox/wasm/fuel.ts`): it ends a
   *  runaway bot at the same point on every machine. It is half a second to a second and a half,
   *  well before `hookMs`, which ends the process. */
  guestFuel: 300_000_000,
  /** The work of a look at a source: ends before `inspectMs`. */
  loadingFuel: 100_000_000,
  /** Guest memory of a Python hook, interpreter included. */
  pythonMemoryBytes: 64 * 1024 * 1024,
  /** Work of a Python hook, about one unit a loop turn or sixteen instructions of the engine's
   *  compiled code, that of its C functions included: at 5 to 7 ns each, 1.5 to 2 s. */
  pythonFuel: 300_000_000,
  /** What a hook may write to its scratch folder, and how many files. */
  workspaceBytes: 1024 * 1024,
  workspaceFiles: 64,
  /** Entries that bots may cause in a row and still have answered by bots: then they must wait
   *  for a member. */
  chainedEntries: 64,
  /** Timers that a bot may have set at a time, and how far ahead. */
  timersPerBot: 8,
  timerNameChars: 60,
  timerMaxMs: 30 * 24 * 60 * 60 * 1000,
  /** Requests of one hook to the network. */
  netRequests: 5,
  netUrlChars: 1_024,
  /** Names and values of a request's headers, and of those kept of an answer. */
  netHeaderBytes: 1_024,
  netRequestBytes: 16 * 1024,
  netAnswerBytes: 256 * 1024,
  netRedirects: 3,
  /** The shortest sealed value of a bot, and the shortest spelling of one that is looked for. A
   *  post that contains one is refused, so a bot that repeats guesses learns when one was right: a
   *  value needs more possibilities than anyone can try. */
  envValueMinChars: 16,
} as const;
