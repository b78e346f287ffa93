/** What a Worker of a host may do: nothing. Everything it loads was loaded when it started. */
export const NOTHING = {
  net: false,
  read: false,
  write: false,
  env: false,
  run: false,
  ffi: false,
  sys: false,
  import: false,
} as const;
