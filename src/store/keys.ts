/** Every key of the store. `docs/storage.md` describes each: its value, its writer and its
 *  lifetime. */

export const keys = {
  /** A channel and its parts: see `channel_store.ts`. */
  head: (channelId: string) => ["channel", channelId, "head"],
  record: (channelId: string) => ["channel", channelId, "record"],
  secret: (channelId: string) => ["channel", channelId, "secret"],
  entries: (channelId: string) => ["entry", channelId],
  entry: (channelId: string, id: number) => ["entry", channelId, id],
  bot: (channelId: string, botId: string) => ["bot", channelId, botId],
  memory: (channelId: string, botId: string) => ["memory", channelId, botId],
  state: (channelId: string, botId: string) => ["state", channelId, botId],
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
  sourceOpen: (codeHash: string) => ["source", codeHash, "open"],
  sourceOpenIn: (codeHash: string, channelId: string) => ["source", codeHash, "open", channelId],
  sourceIn: (codeHash: string, channelId: string) => ["source", codeHash, "in", channelId],
  pending: () => ["pending"],
  pendingChannel: (channelId: string) => ["pending", channelId],
  timers: () => ["timer"],
  timersOf: (channelId: string) => ["timer", channelId],
  rounds: () => ["round"],
  roundsOf: (channelId: string) => ["round", channelId],

  /** The marker of an applied commit: see `connected_kv.ts`. */
  commit: (id: string) => ["commit", id],

  /** Content-addressed bytes in chunks: see `blob_store.ts`. */
  blob: (hash: string) => ["blob", hash],
  chunk: (hash: string, index: number) => ["blob", hash, index],
  held: (channelId: string, hash: string) => ["held", channelId, hash],

  /** Counts of stored bytes: see `storage_ledger.ts`. */
  keptFor: (principal: string) => ["kept", "for", principal],
  keptForGuests: () => ["kept", "for_guests"],
  keptBlobs: (channelId: string) => ["kept", "blobs", channelId],

  /** Hashes of a channel's tree: see `tile_store.ts`. */
  tile: (channelId: string, level: number, index: number) => ["tile", channelId, level, index],

  /** Secrets of the server itself: see `server_secrets.ts`. */
  serverSecret: (name: string) => ["server", name],
  probe: () => ["readyz"],
  signingKeys: () => ["signing_key"],
  signingKey: (publicKey: string) => ["signing_key", publicKey],

  /** Sign-in: see `sign_in_store.ts`. All secrets are stored as SHA-256 hex. */
  client: (clientId: string) => ["client", clientId],
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
