/** Where a server listens, and where the command line looks for one, unless somebody says more. */
export const DEFAULT_PORT = 8100;
export const DEFAULT_SERVER = `http://127.0.0.1:${DEFAULT_PORT}`;
