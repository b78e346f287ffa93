/** How the command line ends, and the error that ends it. */

/** The exit codes, as documented in docs/cli.md. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, unverified: 4 } as const;
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** An end that is nobody's bug: its text is for the person, and says what to do. `code` is the name
 *  of the problem: the server's own where the server refused. `done` is what the verb got
 *  nevertheless: of its one JSON document, the members beside the error. */
export class Failure extends Error {
  constructor(
    readonly exit: ExitCode,
    message: string,
    readonly code = NAMES[exit],
    readonly done: object = {},
  ) {
    super(message);
  }
}

const NAMES: Record<ExitCode, string> = {
  [EXIT.ok]: "OK",
  [EXIT.refused]: "REFUSED",
  [EXIT.usage]: "USAGE",
  [EXIT.unreachable]: "UNREACHABLE",
  [EXIT.unverified]: "UNVERIFIED",
};

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
