import { readOptions } from "./options.js";

/** A block whose options may all be left out: written bare, or called. */
export type Bare<Block, Options = Readonly<Record<string, never>>> = Block & ((options?: Options) => Block);

/** Makes a block of `make()` that is also the function `make`. */
export function bare<Block extends object, Options>(make: (options?: Options) => Block): Bare<Block, Options> {
  return asCallable(make(), (options, self) => (options === undefined ? self : make(options)));
}

/** Makes a block without options that, called, is itself. */
export function plain<Block extends { readonly kind?: string; readonly name?: string }>(block: Block): Bare<Block> {
  return asCallable(block, (options, self) => {
    readOptions(block.kind ?? block.name ?? "block", options, {});
    return self;
  });
}

function asCallable<Block extends object, Options>(
  block: Block,
  call: (options: Options | undefined, self: Block) => Block,
): Bare<Block, Options> {
  const self = ((options?: Options) => call(options, self)) as Bare<Block, Options>;
  return Object.freeze(Object.defineProperties(self, Object.getOwnPropertyDescriptors(block)));
}
