/** Cleans names that people, agents and bots give themselves, before others read them: one line,
 *  with nothing in it that cannot be seen. */

/** Longer names are cut before they are cleaned: no limit for a name comes near this. */
const MOST_UNITS = 4_096;
/** Braille's blank is white space that Unicode does not call so. */
const SPACES = /[\p{White_Space}\u2800]+/gu;
const SPACE = /[\p{White_Space}\u2800]/gu;
/** Scripts that write a word in another way with a joiner or a non-joiner in it. */
const JOINING = String
  .raw`[[\p{L}\p{M}]&&[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}` +
  String.raw`\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}` +
  String.raw`\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}]]`;
/** Emoji and joiners that spell a word stay. Other controls, marks of direction, characters without
 *  a width, tags and private characters go. */
const HIDDEN = new RegExp(
  String.raw`\p{RGI_Emoji}|(?<=${JOINING})[\u200c\u200d](?=${JOINING})|` +
    String.raw`(?<hidden>[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{NChar}\p{Default_Ignorable_Code_Point}])`,
  "gv",
);
/** More marks on one letter than any orthography has: three that belong to every script, or six. */
const PILED = /(?<=\p{sc=Zinh}{3})\p{sc=Zinh}+|(?<=\p{M}{6})\p{M}+|^\p{M}+/gu;

/** A name on one line, in NFC, without invisible characters and piles of marks. */
export function cleanName(name: string): string {
  const line = name.slice(0, MOST_UNITS).normalize("NFC").replace(SPACES, " ");
  const seen = line.replace(HIDDEN, (text, hidden?: string) => hidden === undefined ? text : "");
  return seen.normalize("NFC").replace(PILED, "").replace(SPACES, " ").trim();
}

/** A line of text without invisible characters, with its spaces: each white space is one space, so
 *  that what stands below each other stays so. */
export function cleanLine(line: string): string {
  const spaced = line.slice(0, MOST_UNITS).normalize("NFC").replace(SPACE, " ");
  const seen = spaced.replace(HIDDEN, (text, hidden?: string) => hidden === undefined ? text : "");
  return seen.normalize("NFC").replace(PILED, "");
}
