import { isList } from "./numbers.js";
import { type Field, isPlainObject, readOptions } from "./options.js";

/** A block of the library, with all that it was made with: what was left out is filled in. */
export type Made<Block, Options = Readonly<Record<string, never>>> = Block & {
  /** What it was made with, frozen. */
  readonly options: Readonly<Required<Options>>;
};

/** A block whose options may all be left out: written bare, or called. */
export type Bare<Block, Options = Readonly<Record<string, never>>> = Made<Block, Options> &
  ((options?: Options) => Made<Block, Options>);

type Fields<Options> = { readonly [K in keyof Options]-?: Field<Required<Options>[K]> };

/** Makes a block of `make(options)`, the defaults being those of the fields, that can also be called with options. */
export function bare<Block extends object, Options extends object>(
  name: string,
  fields: Fields<Options>,
  make: (options: Readonly<Required<Options>>) => Block,
): Bare<Block, Options> {
  const call = (given?: Options): Made<Block, Options> => {
    const options = readOptions(name, given, fields) as Required<Options>;
    return made(make(options), options);
  };
  return asCallable(call(), (options, self) => (options === undefined ? self : call(options)));
}

/** Makes a block without options that, called, is itself. */
export function plain<Block extends { readonly kind?: string; readonly name?: string }>(block: Block): Bare<Block> {
  return asCallable(made(block, {}), (options, self) => {
    readOptions(block.kind ?? block.name ?? "block", options, {});
    return self;
  });
}

function asCallable<Block extends object, Options>(
  block: Made<Block, Options>,
  call: (options: Options | undefined, self: Made<Block, Options>) => Made<Block, Options>,
): Bare<Block, Options> {
  const self = ((options?: Options) => call(options, self)) as Bare<Block, Options>;
  return madeFunction(self, block);
}

/** What every copy of the library in a process knows its blocks by. */
const OURS = /* @__PURE__ */ Symbol.for("chainrule.block");

const branded = <Block extends object>(block: Block): Block => Object.defineProperty(block, OURS, { value: block });

/** Freezes a block of the library with its options, and remembers that it is the library's. */
export function made<Block extends object, Options extends object>(
  block: Block,
  options: Required<Options>,
): Made<Block, Options> {
  return Object.freeze(branded({ ...block, options: frozenOptions(options) }));
}

/** Gives a function of the library these parts, its name among them, freezes it, and remembers that it is the library's. */
export function madeFunction<Self extends object>(self: Self, parts: Partial<Self>): Self {
  for (const name of Object.keys(parts) as (keyof Self & string)[]) {
    Object.defineProperty(self, name, { value: parts[name], enumerable: true });
  }
  return Object.freeze(branded(self));
}

/**
 * Whether the library, or another copy of it, made this very block: what is only called like it, or is a copy with a part
 * changed, is not.
 */
export const isOurs = (block: object): boolean => (block as { readonly [OURS]?: object })[OURS] === block;

/** Whether two layers are one and the same, or the same layer of two copies of the library. */
export const isSame = (a: Named, b: Named): boolean =>
  a === b || (a.kind === b.kind && isOurs(a) && isOurs(b) && JSON.stringify(a.options) === JSON.stringify(b.options));

interface Named {
  readonly kind: string;
  readonly options?: object | undefined;
}

/** A copy that nobody can change: lists and objects of data are copied and frozen too; what has a function is a block, and stays itself. */
export const frozenOptions = <Options extends object>(options: Options): Readonly<Options> =>
  Object.freeze(Object.fromEntries(Object.entries(options).map(([key, value]) => [key, frozen(value)])) as Options);

function frozen(value: unknown): unknown {
  if (isList(value)) return Object.freeze(Array.from<unknown, unknown>(value, frozen));
  const isData = isPlainObject(value) && !Object.values(value).some((each) => typeof each === "function");
  return isData ? frozenOptions(value) : value;
}
