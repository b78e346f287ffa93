/** Damage to JSON: a part is replaced, omitted or repeated, a field is added, or the text is cut or
 *  broken. */
import fc from "fast-check";
import { edits, mutated, share } from "../sandbox/hostile/mutation.ts";
import { nastyText, part } from "./hostile_parts.ts";

type Path = (string | number)[];

interface Change {
  kind: "replace" | "omit" | "add";
  /** The index of the changed part, as a share of the number of parts. */
  at: number;
  /** The name of an added field; null: the name of an existing field. */
  name: string | null;
  /** The text of the new part: JSON or nearly JSON. */
  text: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("replace", "replace", "omit", "add"),
  at: share,
  name: fc.option(nastyText),
  text: part,
});

/** The JSON text of a value after one to three changes, or with its text broken. The string is
 *  well-formed, because it is sent as UTF-8. */
export function damaged(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(values, changes).map((drawn) => changed(...drawn)) },
    {
      weight: 1,
      arbitrary: fc.tuple(values, edits).map(([value, edits]) => mutated(textOf(value), edits)),
    },
  ).map((text) => text.toWellFormed());
}

function changed(value: unknown, changes: readonly Change[]): string {
  let text = textOf(value);
  for (const change of changes) {
    try {
      text = once(JSON.parse(text), change);
    } catch {
      return text; // no longer JSON, so there is no part to change
    }
  }
  return text;
}

function once(value: unknown, { kind, at, name, text }: Change): string {
  const paths = [...pathsOf(value)];
  const path = paths[Math.floor(at * paths.length)]!;
  if (kind === "add") return rewritten(value, path, (part) => withField(part, name, text));
  return rewritten(value, path, () => kind === "omit" ? null : text);
}

/** The paths of all parts, except those in deep nesting that an earlier change has added. */
function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== "object" || value === null || path.length > 6) return;
  for (const [key, child] of Object.entries(value)) yield* pathsOf(child, [...path, key]);
}

/** The JSON text of a value. `write` writes the part at `path`; null omits the part. */
function rewritten(value: unknown, path: Path, write: (part: unknown) => string | null): string {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return write(value) ?? "";
  const members = Object.entries(value).flatMap(([key, child]) => {
    const here = key === String(step);
    const text = !here
      ? textOf(child)
      : rest.length > 0
      ? rewritten(child, rest, write)
      : write(child);
    if (text === null) return [];
    return [Array.isArray(value) ? text : `${JSON.stringify(key)}:${text}`];
  });
  return Array.isArray(value) ? `[${members.join(",")}]` : `{${members.join(",")}}`;
}

/** An object with one more field, which overrides an existing field of the same name. Any other
 *  value becomes a list with one more element. */
function withField(part: unknown, name: string | null, text: string): string {
  const isObject = typeof part === "object" && part !== null && !Array.isArray(part);
  if (!isObject) return `[${textOf(part)},${text}]`;
  const field = `${JSON.stringify(name ?? Object.keys(part)[0] ?? "x")}:${text}`;
  const whole = textOf(part);
  return whole === "{}" ? `{${field}}` : `${whole.slice(0, -1)},${field}}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
