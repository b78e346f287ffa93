/** How the floors below speak to the operator: a level, an event name and plain fields. Never a
 *  token, an invite, a body or a sealed value. */
export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, event: string, fields?: Record<string, unknown>) => void;
