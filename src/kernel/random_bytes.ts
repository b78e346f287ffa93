/** Returns `length` unpredictable bytes. A parameter wherever tests choose the bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** Uses the platform's cryptographically secure generator. */
export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));
