/** Types of the server's entries that code in pages reads, too, without the declarations. */
export const BOT_END = "bot:end";
