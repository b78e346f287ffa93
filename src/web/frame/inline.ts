/** A script that stands in a page. Throws if HTML would end or change it there. */
export function inlineScript(script: string): string {
  if (/<\/script|<!--|[\r\0]/i.test(script)) throw new Error("Cannot inline the script");
  return script;
}
