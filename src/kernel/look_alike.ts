/** Letters that people read as others. A name may have only one alphabet in a word, but whole words
 *  of one can look like another. */

/** Letters of other alphabets, and rare ones of this, that look like Latin ones in small or in
 *  capitals. */
const ALIKE: Readonly<Record<string, string>> = {
  a: "аᴀαɑꓮꭺⲁ",
  b: "вʙβꓐᏼ",
  c: "сᴄϲꓚꮯⲥ",
  d: "ԁᴅꓓꭰ",
  e: "еєᴇεꓰꭼⲉ",
  f: "ꜰꓝ",
  g: "ԍɢɡꓖꮐց",
  h: "һнʜηꓧꮋհⲏ",
  i: "іɪιıꓲꭵⲓ",
  j: "јᴊϳꓙꭻ",
  k: "кᴋκꓗꮶⲕ",
  l: "ӏʟꓡꮮ",
  m: "мᴍμꓟꮇⲙ",
  n: "ɴνꓠոⲛ",
  o: "оᴏοꓳօⲟ",
  p: "рᴘρꓑꮲⲣ",
  q: "ԛզ",
  r: "ʀꓣꭱꮢ",
  s: "ѕꜱꓢꮪ",
  t: "тᴛτꓔꭲⲧ",
  u: "ᴜꓴս",
  v: "ѵᴠꓦꮩ",
  w: "ԝᴡꓪꮃ",
  x: "хχꓫⲭ",
  y: "уүʏυꓬⲩ",
  z: "ᴢζꓜꮓ",
};

const LATIN = new Map(
  Object.entries(ALIKE).flatMap(([latin, letters]) => [...letters].map((each) => [each, latin])),
);

/** A text in small letters, with the Latin ones that people see in it. */
export function asSeen(text: string): string {
  return [...text].map((each) => LATIN.get(each) ?? each).join("");
}
