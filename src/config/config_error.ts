/** A setting that stops the start. The message is the one line that the operator reads. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
