/** The permissions of a host's Worker: none. It needs none, because it loads all its modules at its
 *  start. */
export const NO_PERMISSIONS = {
  net: false,
  read: false,
  write: false,
  env: false,
  run: false,
  ffi: false,
  sys: false,
  import: false,
} as const;
