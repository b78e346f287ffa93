/** Returns this many unpredictable bytes. Passed in wherever a test may want to choose them. */
export type RandomBytes = (length: number) => Uint8Array;

/** From the platform's cryptographically secure generator. */
export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));
