/** What registrations and published documents have in common: JSON metadata of a client (RFC 7591
 *  2) as programs of many languages write it. Pure. */
import * as z from "zod";

/** The metadata without its absent members. `null`, an empty text and an empty list are how some
 *  programs write a member that they do not set. A value that is no object stays as it is. */
export function presentMembers(metadata: unknown): unknown {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return metadata;
  const members = Object.entries(metadata).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.filter((each) => !isAbsent(each)) : value,
  ]);
  return Object.fromEntries(members.filter(([, value]) => !isAbsent(value)));
}

function isAbsent(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** A list, also when it is written as one text, with spaces between its parts. */
export function listOf<Item extends z.ZodType>(item: Item) {
  const parts = (value: unknown) => typeof value === "string" ? value.trim().split(/\s+/) : value;
  return z.preprocess(parts, z.array(item));
}
