/** The operator's log: a level, an event name and plain fields. Fields never contain a token, an
 *  invite, a body or a sealed value. */
export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, event: string, fields?: Record<string, unknown>) => void;
