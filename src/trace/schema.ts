const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const dtype = { enum: ["float32", "float64"] };
const list = (items: object) => ({ type: "array", items });
const orNull = (schema: object) => ({ anyOf: [schema, { type: "null" }] });
const value = { type: ["number", "null"] };
const ref = (name: string) => ({ $ref: `#/definitions/${name}` });

/** A JSON Schema: what it is about, and the rest of it. */
export interface Schema extends Readonly<Record<string, unknown>> {
  /** What it describes. */
  readonly title: string;
}

/** An object that has all of these and nothing else. */
const object = (properties: Readonly<Record<string, object>>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const roles =
  "input target rowWeight parameter value term loss factor share delta derivative gradient setting state movement updated".split(
    " ",
  );

/**
 * The JSON Schema (draft 7) of what `JSON.stringify` makes of a trace.
 *
 * @example
 * ```ts
 * import { traceSchema } from "chainrule/trace";
 *
 * traceSchema.title; // "A training step of chainrule"
 * ```
 */
export const traceSchema: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A training step of chainrule",
  ...object({
    format: { const: "chainrule.trace" },
    version: { const: 1 },
    dtype,
    rows: { type: "integer", minimum: 1 },
    sections: list(ref("section")),
    loss: text,
    lossAfter: text,
  }),
  definitions: {
    name: object({ text, latex: text }),
    place: object({
      role: { enum: roles },
      layer: orNull(count),
      parameter: orNull(text),
      row: orNull(count),
      index: list(count),
    }),
    expression: {
      anyOf: [
        { ...text, description: "The name of a quantity." },
        { type: "number", description: "A constant." },
        object({ op: { enum: ["add", "sum", "subtract", "multiply", "divide"] }, args: list(ref("expression")) }),
        object({ op: { const: "apply" }, formula: text, text: orNull(text), args: list(ref("expression")) }),
      ],
    },
    quantity: object({ name: ref("name"), value, dtype, expression: orNull(ref("expression")), place: ref("place") }),
    matrix: object({ name: ref("name"), values: list(list(value)) }),
    equation: object({ name: ref("name"), law: ref("name"), result: ref("matrix"), terms: list(ref("matrix")) }),
    section: object({
      phase: { enum: ["given", "forward", "loss", "backward", "update"] },
      layer: orNull(count),
      title: text,
      note: text,
      lines: list(ref("quantity")),
      matrices: list(ref("equation")),
    }),
  },
};
