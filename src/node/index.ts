/**
 * Files, for Node, Deno and Bun: a network, a checkpoint or any other JSON, saved so that what was there stays whole
 * whatever happens.
 *
 * @module
 */
export { open } from "./open.js";
export type { FilePath } from "./path.js";
export { save } from "./save.js";
