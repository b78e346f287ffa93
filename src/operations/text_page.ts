/** The first page of a text that may be too long for one answer. Cuts no character in two. */
export function pageOf(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, /[\udc00-\udfff]/.test(text[most]!) ? most - 1 : most);
}
