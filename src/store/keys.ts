/** Every key of the store. `docs/storage.md` describes each: its value, its writer and its
 *  lifetime. */

export const keys = {
  /** A channel and its parts: see `channel_store.ts`. */
  head: (channelId: string) => ["channel", channelId, "head"],
  record: (channelId: string) => ["channel", channelId, "record"],
  secret: (channelId: string) => ["channel", channelId, "secret"],
  entries: (channelId: string) => ["entry", channelId],
  entry: (channelId: string, id: number) => ["entry", channelId, id],
  bots: (channelId: string) => ["bot", channelId],
  bot: (channelId: string, botId: string) => ["bot", channelId, botId],
  memories: (channelId: string) => ["memory", channelId],
  memory: (channelId: string, botId: string) => ["memory", channelId, botId],
  states: (channelId: string) => ["state", channelId],
  state: (channelId: string, botId: string) => ["state", channelId, botId],
  traces: (channelId: string) => ["trace", channelId],
  trace: (channelId: string, botId: string) => ["trace", channelId, botId],
  allDone: (channelId: string) => ["done", channelId],
  done: (channelId: string, idempotencyId: string) => ["done", channelId, idempotencyId],

  /** Ways to a channel: see `channel_index.ts`. */
  invite: (hash: string) => ["invite", hash],
  rejoin: (hash: string) => ["rejoin", hash],
  mine: (principal: string) => ["mine", principal],
  mineChannel: (principal: string, createdAt: string, channelId: string) => [
    "mine",
    principal,
    createdAt,
    channelId,
  ],
  public: () => ["public"],
  publicChannel: (createdAt: string, channelId: string) => ["public", createdAt, channelId],
  ended: () => ["public_ended"],
  endedChannel: (createdAt: string, channelId: string) => ["public_ended", createdAt, channelId],
  offering: () => ["public_open"],
  offeringChannel: (createdAt: string, channelId: string) => ["public_open", createdAt, channelId],
  byState: (state: string) => ["by_state", state],
  byStateChannel: (state: string, createdAt: string, channelId: string) => [
    "by_state",
    state,
    createdAt,
    channelId,
  ],
  sourceOpen: (codeHash: string) => ["source", codeHash, "open"],
  sourceOpenIn: (codeHash: string, channelId: string) => ["source", codeHash, "open", channelId],
  sourceIn: (codeHash: string, channelId: string) => ["source", codeHash, "in", channelId],
  pending: () => ["pending"],
  pendingChannel: (channelId: string) => ["pending", channelId],
  timers: () => ["timer"],
  timersOf: (channelId: string) => ["timer", channelId],
  rounds: () => ["round"],
  roundsOf: (channelId: string) => ["round", channelId],

  deletions: () => ["deletion"],
  deletionOf: (channelId: string) => ["deletion", channelId],

  /** Channels by the day on which the server next has to warn or to close them: see
   *  `due_index.ts`. */
  idle: () => ["idle"],
  idleBy: (day: number) => ["idle", day],
  idleOn: (day: number, channelId: string) => ["idle", day, channelId],

  /** Deleted channels: see `remains.ts`. */
  deletedChannels: () => ["deleted"],
  deleted: (channelId: string) => ["deleted", channelId],
  heldBy: (channelId: string) => ["held", channelId],

  /** When members were last seen, and who hides a channel from itself: see `member_store.ts`. */
  seen: (channelId: string) => ["seen", channelId],
  seenPlayer: (channelId: string, playerId: string) => ["seen", channelId, playerId],

  hiddenIn: (channelId: string) => ["hidden", channelId],
  hiddenFrom: (channelId: string, principal: string) => ["hidden", channelId, principal],

  /** Event subscriptions: see `subscription_store.ts`. */
  subscriptions: () => ["subscription", "by_id"],
  subscription: (id: string) => ["subscription", "by_id", id],
  subscriptionsIn: (channelId: string) => ["subscription", "in", channelId],
  subscriptionIn: (channelId: string, id: string) => ["subscription", "in", channelId, id],
  subscriptionsOf: (principal: string) => ["subscription", "of", principal],
  subscriptionOf: (principal: string, id: string) => ["subscription", "of", principal, id],
  subscriptionsTo: (host: string) => ["subscription", "to", host],
  subscriptionTo: (host: string, id: string) => ["subscription", "to", host, id],
  receiver: (hash: string) => ["receiver", hash],

  /** Matchmaking: see `ticket_store.ts`. */
  ticket: (id: string) => ["ticket", "by_id", id],
  ticketSeen: (id: string) => ["ticket", "seen", id],
  ticketsOf: (principal: string) => ["ticket", "of", principal],
  ticketOf: (principal: string, wish: string) => ["ticket", "of", principal, wish],
  waitingTickets: () => ["ticket", "waiting"],
  waitingIn: (pool: string) => ["ticket", "waiting", pool],
  waitingFor: (pool: string, paramsHash: string) => ["ticket", "waiting", pool, paramsHash],
  waitingTicket: (pool: string, paramsHash: string, createdAt: number, id: string) => [
    "ticket",
    "waiting",
    pool,
    paramsHash,
    createdAt,
    id,
  ],
  challenge: (hash: string) => ["challenge", hash],
  matches: () => ["match"],
  match: (id: string) => ["match", id],

  /** Rated games: see `rated_index.ts` and `rating_store.ts`. */
  ratedSeats: (channelId: string) => ["rated_seat", channelId],
  ratedSeat: (channelId: string, playerId: string) => ["rated_seat", channelId, playerId],
  unrated: () => ["unrated"],
  unratedIn: (channelId: string) => ["unrated", channelId],
  unratedGame: (channelId: string, botId: string) => ["unrated", channelId, botId],
  ratedIn: (channelId: string) => ["rated", channelId],
  ratedGame: (channelId: string, botId: string) => ["rated", channelId, botId],
  rating: (pool: string, ladder: string, principal: string) => ["rating", pool, ladder, principal],
  ranked: (ladder: string) => ["ranked", ladder],
  rankedAt: (ladder: string, below: number, id: string) => ["ranked", ladder, below, id],
  results: (ladder: string) => ["result", ladder],
  resultAt: (ladder: string, atMs: number, channelId: string, botId: string) => [
    "result",
    ladder,
    atMs,
    channelId,
    botId,
  ],
  player: (principal: string) => ["player", principal],
  handle: (handle: string) => ["handle", handle],

  /** The marker of an applied commit: see `connected_kv.ts`. */
  commit: (id: string) => ["commit", id],

  /** Content-addressed bytes in chunks: see `blob_store.ts`. */
  blob: (hash: string) => ["blob", hash],
  chunk: (hash: string, index: number) => ["blob", hash, index],
  held: (channelId: string, hash: string) => ["held", channelId, hash],

  /** Counts of stored bytes: see `storage_ledger.ts`. */
  keptForAll: () => ["kept", "for"],
  keptFor: (principal: string) => ["kept", "for", principal],
  keptForGuests: () => ["kept", "for_guests"],
  keptBlobs: (channelId: string) => ["kept", "blobs", channelId],

  /** Hashes of a channel's tree: see `tile_store.ts`. */
  tiles: (channelId: string) => ["tile", channelId],
  tile: (channelId: string, level: number, index: number) => ["tile", channelId, level, index],

  /** Secrets of the server itself: see `server_secrets.ts`. */
  serverSecret: (name: string) => ["server", name],
  probe: () => ["readyz"],
  signingKeys: () => ["signing_key"],
  signingKey: (publicKey: string) => ["signing_key", publicKey],

  /** Sign-in: see `sign_in_store.ts`. All secrets are stored as SHA-256 hex. */
  client: (clientId: string) => ["client", clientId],
  nextPlace: () => ["unused_client"],
  place: (place: number) => ["unused_client", place],
  document: (place: string) => ["document", place],
  assertion: (hash: string) => ["assertion", hash],
  consent: (hash: string) => ["consent", hash],
  code: (hash: string) => ["code", hash],
  grant: (grantId: string) => ["grant", grantId],
  grantTokens: (grantId: string) => ["grant_token", grantId],
  grantToken: (grantId: string, hash: string) => ["grant_token", grantId, hash],
  access: (hash: string) => ["access", hash],
  refresh: (hash: string) => ["refresh", hash],

  /** People who signed in: see `people_store.ts`. */
  session: (hash: string) => ["session", hash],
  sessionsOf: (principal: string) => ["session_of", principal],
  sessionOf: (principal: string, hash: string) => ["session_of", principal, hash],
  login: (hash: string) => ["login", hash],
  approvals: (principal: string) => ["approval", principal],
  approvalsOf: (principal: string, clientId: string) => ["approval", principal, clientId],
  approval: (principal: string, clientId: string, redirectHost: string) => [
    "approval",
    principal,
    clientId,
    redirectHost,
  ],
  granted: (principal: string) => ["granted", principal],
  grantedTo: (principal: string, grantId: string) => ["granted", principal, grantId],
} satisfies Record<string, (...parts: never[]) => Deno.KvKey>;
