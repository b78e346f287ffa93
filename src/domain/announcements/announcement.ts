/** Entries that the server itself writes in a channel: one declaration for each kind. The server
 *  writes by it, all readers read by it, and a verifier refuses an entry of any other form. */
import * as z from "zod";
import type { JsonObject } from "../../kernel/json.ts";
import { bodyOf } from "../transcript/body.ts";
import { type Draft, SYSTEM } from "../transcript/transcript.ts";

/** How entries of a kind stand in the log. */
export interface Rule {
  kind: "system" | "control";
  /** Whether a hook caused it: then `cause` names the entry that called the hook. */
  caused: boolean;
  /** Whether only those may read it who may read its cause. */
  addressed: boolean;
  /** Whether it may still come when the channel is closed. */
  afterClose: boolean;
}

const OPEN: Rule = { kind: "system", caused: false, addressed: false, afterClose: false };

interface Said {
  sender: string;
  body?: JsonObject | null | undefined;
}

/** Declares a kind. `says` is what its entries mean, in a sentence for people. Nothing more than
 *  its `shape` stands in a body: readers take everything in it for the server's word. `holds` says
 *  what a shape can't. */
export function announcement<const T extends string, S extends z.ZodRawShape>(
  type: T,
  says: string,
  shape: S,
  rule: Partial<Rule> = {},
  holds: (body: z.output<z.ZodObject<S>>) => boolean = () => true,
) {
  type Body = { type: T } & z.output<z.ZodObject<S>>;
  const strict = z.strictObject({ type: z.literal(type), ...shape });
  const stands = { ...OPEN, ...rule };
  return {
    type,
    says,
    rule: stands,
    Body: strict.refine((body) => holds(body as unknown as Body)) as unknown as z.ZodType<Body>,
    /** The draft that says so. */
    draft(
      said: z.input<z.ZodObject<S>>,
      place: Pick<Draft, "to" | "cause"> = {},
    ): Draft {
      const body = bodyOf({ type, ...said } as JsonObject);
      return { sender: SYSTEM, kind: stands.kind, body, ...place };
    },
    /** What an entry of this kind says; undefined for any other. The form is what the server
     *  wrote. */
    in({ sender, body }: Said): Body | undefined {
      const is = sender === SYSTEM && body?.type === type;
      return is ? body as unknown as Body : undefined;
    },
  };
}
