/** The permissions of a host's Worker: none. All its modules were loaded when it started. */
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
