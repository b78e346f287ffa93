/** `match.found`: the ticket's owner has a seat. It is told once, also if that was before the
 *  subscription. A ticket that ends otherwise has no event, and its subscriptions end with it. */
import type { Access } from "../../domain/channel/seat.ts";
import type { OtherSource } from "./event_source.ts";

/** What the owner of a ticket is told; null while it waits. Throws a refusal once it is over. */
export type TellMatch = (
  access: Access,
) => Promise<{ timestamp: string; data: Record<string, unknown> } | null>;

/** `keep` keeps a ticket until a time, in milliseconds since 1970. */
export function matchFound(
  tell: TellMatch,
  keep: (access: Access, until: number) => Promise<void>,
): OtherSource {
  return {
    replays: false,
    async open(access) {
      const told = await tell(access);
      return {
        seat: null,
        begin: 0,
        end: 1,
        next: ({ cursor }) => {
          if (!told || cursor.entry > 0) return Promise.resolve({ cursor });
          return Promise.resolve({ cursor: { entry: 1 }, event: { key: "matched", ...told } });
        },
      };
    },
    subscribed: keep,
  };
}
