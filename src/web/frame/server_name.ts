/** The name of this server in a client's configuration, unless its user chose another one. */
export const NAME = "multiplayer";
