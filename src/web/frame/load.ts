/** Loads the frame with the first page that a person asks for: a server that only programs use does
 *  without its memory. */
export const frame = () => import("./page.tsx");
