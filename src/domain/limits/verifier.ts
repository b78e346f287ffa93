/** Limits of a verification by somebody's own machine: of a file, which may attack its verifier,
 *  and of what a page shows of it. */
export const VERIFIER_LIMITS = {
  /** An input, after decompression. */
  inputBytes: 64_000_000,
  /** The verification as a whole. */
  timeoutMs: 600_000,
  /** Entries that a page shows, and characters of each. It checks all. */
  shownEntries: 1_000,
  shownChars: 500,
} as const;
