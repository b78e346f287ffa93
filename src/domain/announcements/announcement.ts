/** Entries that the server itself writes in a channel, one declaration for each kind. The server
 *  writes them by their declaration, all readers read them by it, and a verifier rejects an entry
 *  of any other form. */
import * as z from "zod";
import type { JsonObject } from "../../kernel/json.ts";
import { bodyOf } from "../transcript/body.ts";
import { type Draft, SYSTEM } from "../transcript/transcript.ts";

/** The place of a kind's entries in the log. */
export interface Rule {
  kind: "system" | "control";
  /** Whether a hook causes the entry: `cause` is then the entry that called the hook. */
  caused: boolean;
  /** Whether only those who may read the entry's cause may read the entry. */
  addressed: boolean;
  /** Whether the entry may follow the close of the channel. */
  afterClose: boolean;
}

const OPEN: Rule = { kind: "system", caused: false, addressed: false, afterClose: false };

interface SenderAndBody {
  sender: string;
  body?: JsonObject | null | undefined;
}

/** Declares a kind. `meaning` explains the kind to people in one sentence. A body has exactly the
 *  fields of `shape`, because readers take every field for the server's word. `holds` checks what a
 *  shape can't express. */
export function announcement<const T extends string, S extends z.ZodRawShape>(
  type: T,
  meaning: string,
  shape: S,
  rule: Partial<Rule> = {},
  holds: (body: z.output<z.ZodObject<S>>) => boolean = () => true,
) {
  type Body = { type: T } & z.output<z.ZodObject<S>>;
  const strict = z.strictObject({ type: z.literal(type), ...shape });
  const fullRule = { ...OPEN, ...rule };
  return {
    type,
    meaning,
    rule: fullRule,
    Body: strict.refine((body) => holds(body as unknown as Body)) as unknown as z.ZodType<Body>,
    /** The draft of an entry of this kind. */
    draft(
      fields: z.input<z.ZodObject<S>>,
      place: Pick<Draft, "to" | "cause"> = {},
    ): Draft {
      const body = bodyOf({ type, ...fields } as JsonObject);
      return { sender: SYSTEM, kind: fullRule.kind, body, ...place };
    },
    /** The body of an entry of this kind; undefined for any other entry. Does not check the body's
     *  form: the server wrote it. */
    in({ sender, body }: SenderAndBody): Body | undefined {
      const isOfThisKind = sender === SYSTEM && body?.type === type;
      return isOfThisKind ? body as unknown as Body : undefined;
    },
  };
}
