/** The limits that decide how a hook ends. An engine's identity hashes this whole object, and
 *  guests know no other limits: adding or changing a value here makes another engine, a limit
 *  elsewhere does not. Sizes are bytes of UTF-8, times are milliseconds. */
export const BOT_LIMITS = {
  /** The body of a message, from a member or a bot, as canonical JSON. */
  bodyBytes: 16 * 1024,
  /** How deeply a body or a bot's state may nest. */
  jsonDepth: 32,
  /** The slots of a channel. */
  slots: 32,
  /** The source of a bot. */
  botSourceBytes: 48 * 1024,
  /** The manifest of a bot, with the schema of its parameters. */
  botManifestBytes: 4 * 1024,
  /** The parameters of a bot. */
  botParamsBytes: 8 * 1024,
  /** The state of a bot, as JSON. */
  botStateBytes: 48 * 1024,
  /** Posts of one hook. */
  hookPosts: 20,
  /** The lines that a hook may print for its bot's author. */
  logLines: 100,
  /** The characters of one printed line. */
  logLineChars: 1_000,
  /** The characters of all printed lines of a hook. */
  logChars: 8_192,
  /** Guest memory of a JavaScript hook. */
  guestMemoryBytes: 16 * 1024 * 1024,
  /** The stack of a JavaScript hook. */
  guestStackBytes: 960 * 1024,
  /** The work of a hook, in iterations of the engine's own loops (`sandbox/wasm/fuel.ts`). It ends
   *  a runaway bot at the same point on every machine. The whole budget takes 0.5 to 1.5 s, well
   *  below `hookMs`, which kills the process. */
  guestFuel: 300_000_000,
  /** The work of inspecting a source; it ends before `inspectMs`. */
  loadingFuel: 100_000_000,
  /** Guest memory of a Python hook, interpreter included. */
  pythonMemoryBytes: 64 * 1024 * 1024,
  /** The work of a Python hook. One unit is about one loop iteration or sixteen instructions of the
   *  engine's compiled code, its C functions included. At 5 to 7 ns per unit, the whole budget
   *  takes 1.5 to 2 s. */
  pythonFuel: 300_000_000,
  /** What a hook may write to its scratch folder. */
  workspaceBytes: 1024 * 1024,
  /** The files in a scratch folder. */
  workspaceFiles: 64,
  /** Entries in a row that bots may cause and that bots still answer. After these, bots wait for a
   *  member. */
  chainedEntries: 64,
  /** Timers that a bot may have set at a time. */
  timersPerBot: 8,
  /** The name of a timer. */
  timerNameChars: 60,
  /** How far ahead a timer may be due. */
  timerMaxMs: 30 * 24 * 60 * 60 * 1000,
  /** Requests of one hook to the network. */
  netRequests: 5,
  /** The URL of a request. */
  netUrlChars: 1_024,
  /** Names and values of a request's headers, and of the response headers that are recorded. */
  netHeaderBytes: 1_024,
  /** The body of a request. */
  netRequestBytes: 16 * 1024,
  /** The body of a response. */
  netAnswerBytes: 256 * 1024,
  /** The redirects of one request. */
  netRedirects: 3,
  /** The minimum length of a bot's sealed value, and of a spelling that the search looks for. The
   *  server refuses a post that contains a sealed value, so a bot that repeats guesses learns when
   *  a guess is right: a value needs more possibilities than anyone can try. */
  envValueMinChars: 16,
} as const;
