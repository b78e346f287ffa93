/** The depth at which a bot's calls raise a RecursionError, which the bot can catch. It is the same
 *  on every machine. CPython counts its calls itself, but this build allows 500 calls through C and
 *  has a stack for 50 of them. So the machine gets a larger stack above the image, and the image a
 *  higher count. */

/** Calls of Python functions: copy.deepcopy takes four of them a level. */
const PYTHON_CALLS = 3_000;
/** The most that a bot can set with sys.setrecursionlimit. */
const MOST_PYTHON_CALLS = 50_000;
/** The most calls through C. Running Python code costs two, and most functions in between cost one,
 *  so the usual recursive solvers take three to six a level. */
const C_CALLS = 3_100;
/** Room for the large frames of that many calls, at most 4 KiB each. */
export const LARGE_STACK_BYTES = 16 * 1024 * 1024;
/** Room for all other frames. Recursion that CPython does not count ends here, well before the
 *  thread's stack of 4 MiB overflows. */
export const SMALL_STACK_BYTES = 576 * 1024;

/** The calls through C that this build allows, and the most that its start uses. */
const BUILT_C_CALLS = 500;
const START_CALLS = 20;

/** Finds the state of the interpreter's thread in its memory, and raises the number of remaining
 *  calls through C. That number follows the remaining calls of Python functions and their limit;
 *  after it comes the headroom of a recursion error, 0. */
export function deepenCalls(memory: Uint8Array<ArrayBuffer>): void {
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  const isRemaining = (calls = 0, limit: number) => calls > limit - START_CALLS && calls <= limit;
  const found: number[] = [];
  for (let at = 0; (at = words.indexOf(PYTHON_CALLS, at + 1)) > 0;) {
    const fits = isRemaining(words[at - 1], PYTHON_CALLS) &&
      isRemaining(words[at + 1], BUILT_C_CALLS);
    if (fits && words[at + 2] === 0) found.push(at + 1);
  }
  if (found.length !== 1) throw new Error("Cannot find the state of Python's thread");
  words[found[0]!]! += C_CALLS - BUILT_C_CALLS;
}

/** The settings of an image. */
export const CALL_DEPTH = {
  pythonCalls: PYTHON_CALLS,
  mostPythonCalls: MOST_PYTHON_CALLS,
  cCalls: C_CALLS,
  stacks: [SMALL_STACK_BYTES, LARGE_STACK_BYTES],
};
