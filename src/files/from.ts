import { fail, isArray, Phrase } from "../core/errors.js";
import { isBlock, isCount, isPlainObject, optional, readOptions } from "../core/options.js";
import type { Backend } from "../kernels/backend.js";
import type { Layer } from "../layers/layer.js";
import { NetworkImplementation } from "../network/implementation.js";
import { type Given, openDocument, PARTS } from "../network/given.js";
import { blockOf, type OwnBlocks, tables } from "./blocks.js";

const size = (what: string) => optional<number>(`how many numbers ${what} has`, isCount, "2");
const fields = {
  inputs: /* @__PURE__ */ size("an example"),
  outputs: /* @__PURE__ */ size("a prediction"),
  blocks: /* @__PURE__ */ optional<OwnBlocks>("an object of blocks by name", isPlainObject, "{ mine }"),
  backend: /* @__PURE__ */ optional<Backend>("a backend", (value) => isBlock(value, "name", "kernels"), "reference"),
};

/** Layers of a document, at most. */
const MOST = 1000;
/** Bytes of a network whose memory is laid out without a question, and how often those of its numbers it may take beyond. */
const LARGE = 0x1000_0000;
const TIMES = 64;

const anything = /* @__PURE__ */ optional<unknown>("given", () => true, "1");
const parts = /* @__PURE__ */ Object.fromEntries(PARTS.map((part) => [part, anything]));

/** A document as it stands, or a model that somebody has written by hand, with parts left out. */
function readDocument(document: unknown, where: string): Given {
  if (!isPlainObject(document)) {
    const remedy = typeof document === "string" ? `write ${where}(JSON.parse(text))` : undefined;
    fail("type", where, "what toJSON gave", document, remedy);
  }
  const given = openDocument(document, where, false);
  if (given.version === 1) {
    const remedy = "build the network as it was, then network.load(document)";
    fail("value", where, "a document with layers", new Phrase("one of version 1, which has numbers only"), remedy);
  }
  readOptions(where, document, parts); // no other keys
  return given;
}

/** The layers and options that a document describes; nothing of it is run: names are looked up in tables. */
function describedBy({ layers, loss, optimizer, seed, dtype }: Given, where: string, blocks?: OwnBlocks) {
  if (layers === undefined) {
    fail("option", where, "layers", new Phrase("none"), 'write "layers": [{ "dense": [2, 1] }, "sigmoid"]');
  }
  if (!isArray(layers) || layers.length > MOST) {
    fail("type", `${where} layers`, "a list of layers", layers, 'write "layers": [{ "dense": [2, 1] }]');
  }
  const block = (table: Readonly<Record<string, object>>, given: unknown, name: string): object | undefined =>
    given === undefined ? undefined : blockOf(table, given, `${where} ${name}`, blocks);
  return {
    layers: layers.map((each, index) => blockOf(tables.layers, each, `${where} layer ${index}`, blocks) as Layer),
    options: {
      loss: block(tables.losses, loss, "loss"),
      optimizer: block(tables.optimizers, optimizer, "optimizer"),
      seed,
      dtype,
    },
  };
}

/** Makes a network of a document; `Network` makes its instances, which compute with `usual` unless the options say otherwise. */
export function networkOf(
  Network: abstract new (...given: never) => unknown,
  usual: Backend,
  document: unknown,
  options?: unknown,
  where = "Network.from",
): NetworkImplementation {
  const { inputs, outputs, blocks, backend } = readOptions(where, options, fields);
  const given = readDocument(document, where);
  const hasNumbers = given.parameters !== undefined;
  const described = describedBy(given, where, blocks);
  const all = [described.layers, { ...described.options, backend }, usual, true];
  const network = Reflect.construct(NetworkImplementation, all, Network) as NetworkImplementation;
  const sizes = [
    ["inputs", inputs, network.inputSize],
    ["outputs", outputs, network.outputSize],
  ] as const;
  for (const [name, due, got] of sizes)
    if (due !== undefined && due !== got) fail("size", `${where} ${name}`, String(due), got, `write ${name}: ${got}`);
  checkBytes(network, hasNumbers, where);
  if (hasNumbers) network.restore(given, where);
  return network;
}

/** @throws {@link ChainruleError} `size` for a network that takes far more memory than the numbers of its document */
function checkBytes({ store }: NetworkImplementation, hasNumbers: boolean, where: string): void {
  const { bytes } = store.memory.plan();
  const numbers = [...store.parameters.values()].reduce((sum, { value }) => sum + value.size, 0);
  if (bytes <= LARGE + (hasNumbers ? 8 * TIMES * numbers : 0)) return;
  const due = hasNumbers ? "layers whose size is that of their parameters" : `at most ${LARGE} bytes`;
  fail("size", where, due, new Phrase(`${bytes} bytes`), "build it in code");
}
