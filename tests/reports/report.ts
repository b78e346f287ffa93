/** One public report as a row of a table: what somebody sent, and what is right. A table adds its
 *  own fields for both. */
export interface Report {
  /** The number of the public thread; absent in rows for its siblings, which nobody reported. */
  report?: number;
  /** The situation, as the name of the test. */
  what: string;
}
