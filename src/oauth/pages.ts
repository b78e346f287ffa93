/** Pages with an error or a reason, for cases in which no client can receive it. */
import type { Context } from "@hono/hono";
import type { MessageOptions } from "./framed.tsx";

/** Loads the frame with the first page: until then the server does without its memory. */
export async function messagePage(
  c: Context,
  title: string,
  text: string,
  options?: MessageOptions,
): Promise<Response> {
  const { message } = await import("./framed.tsx");
  return await message(c, title, text, options);
}

export function stalePage(c: Context): Promise<Response> {
  return messagePage(
    c,
    "This page is no longer valid",
    "You have already answered it, it is older than ten minutes, or it belongs to another browser or person. Start again in the app.",
  );
}
