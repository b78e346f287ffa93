/** The languages in which `mcpmp bot new` writes. */
export const LANGUAGES = ["typescript", "javascript", "python"] as const;
