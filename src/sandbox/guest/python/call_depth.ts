/** How deep a bot's calls may nest before a RecursionError that it can catch, at the same depth on
 *  every machine. CPython counts its calls by itself, but this build of it allows 500 through C,
 *  and has a stack for 50 of them: the machine gives it a stack above the image, and the image more
 *  calls. */

/** Calls of Python functions: copy.deepcopy takes four of them a level. */
const PYTHON_CALLS = 3_000;
/** Where a bot sets the limit higher. */
const MOST_PYTHON_CALLS = 50_000;
/** What calls through C may come to: running Python code is two, and most that lie between are one,
 *  so that the idioms of solvers take three to six a level. */
const C_CALLS = 3_100;
/** Room for the large frames of as many, 4 KiB each at most. */
export const LARGE_STACK_BYTES = 16 * 1024 * 1024;
/** Room for all other frames. What recurses without being counted ends here, well before it meets
 *  the end of the thread's stack of 4 MiB. */
export const SMALL_STACK_BYTES = 576 * 1024;

/** The calls through C that this build allows, and the most that its start has used. */
const BUILT_C_CALLS = 500;
const START_CALLS = 20;

/** Finds the state of the interpreter's thread in its memory, and raises the calls that it may
 *  still make through C. They follow the calls of Python functions that it may still make, and
 *  those that it may make in all; after them comes the room for an error of recursion, 0. */
export function deepenCalls(memory: Uint8Array<ArrayBuffer>): void {
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  const isLeft = (calls = 0, limit: number) => calls > limit - START_CALLS && calls <= limit;
  const found: number[] = [];
  for (let at = 0; (at = words.indexOf(PYTHON_CALLS, at + 1)) > 0;) {
    const fits = isLeft(words[at - 1], PYTHON_CALLS) && isLeft(words[at + 1], BUILT_C_CALLS);
    if (fits && words[at + 2] === 0) found.push(at + 1);
  }
  if (found.length !== 1) throw new Error("Cannot find the state of Python's thread");
  words[found[0]!]! += C_CALLS - BUILT_C_CALLS;
}

/** What an image is made with. */
export const CALL_DEPTH = {
  pythonCalls: PYTHON_CALLS,
  mostPythonCalls: MOST_PYTHON_CALLS,
  cCalls: C_CALLS,
  stacks: [SMALL_STACK_BYTES, LARGE_STACK_BYTES],
};
