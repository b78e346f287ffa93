/** The entry point of a process that makes an image, writes it to stdout and exits. No bot ever
 *  runs in it. */
import { encodeImage, makeImage } from "./image.ts";

const out = Deno.stdout.writable.getWriter();
for (const part of encodeImage(await makeImage())) await out.write(part);
await out.close();
