/** The squares of a chequered board, as on pictures of it. The signs of Black's pieces are full and
 *  would look like White's if they were light, so they are dark in each theme. */
export const SQUARES = `
  .board td[data-square] { color: light-dark(#1c1b19, #161512); }
  .board td[data-square=light] { background: light-dark(#faf9f6, #c9c5bc); }
  .board td[data-square=dark] { background: light-dark(#e6e1d5, #a8a294); }
`;
