/** What `mcpmp bot new` lets an author choose. */
export const LANGUAGES = ["typescript", "javascript", "python"] as const;

/** What a new bot is: a game with turns of its own, the rules of one on `lib:game`, or what answers
 *  whoever asks. */
export const KINDS = ["turns", "rules", "service"] as const;
