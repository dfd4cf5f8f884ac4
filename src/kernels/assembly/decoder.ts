// Makes bytes of the text of a module. The same loop in JavaScript is compiled twice while it runs, at last by V8's
// optimising compiler, which takes more time and memory (4 MB) than everything else that a first network needs.

/** Turns the text that `textOf` of build.mjs made, at the beginning of the memory, into bytes, in place; returns how many. */
export function decode(): usize {
  let from: usize = 0, to: usize = 0, code = 0;
  do {
    // A short loop of its own: it is compiled again, too, once the engine has gone through so many bytes of its code.
    for (; (code = load<u8>(from) - 39) < 84; from++, to++) store<u8>(to, code);
    store<u8>(to++, 88 * (code - 83) + load<u8>(from + 1) - 39);
    from += 2;
  } while (code != 87);
  return to - 1;
}
