/** What a person wrote into a form that the server refused: its fields have it again. The same on
 *  the server and in the browser: see `board.tsx`. */

/** By the name of the field. */
export type Written = Readonly<Record<string, string>>;

/** What was written into a form, without the marks by which the server knows the form. */
export function writtenIn(form: URLSearchParams): Written {
  const { proof: _, once: __, ...written } = Object.fromEntries(form);
  return written;
}

/** The text of a field. `of` are fields that tell its form from others with a field of its name. */
export function kept(
  written: Written | undefined,
  name: string,
  of: Written = {},
): string | undefined {
  const isOf = Object.entries(of).every(([field, value]) => written?.[field] === value);
  return isOf ? written?.[name] : undefined;
}
