// The few bytes of protocol buffers that an ONNX model of dense layers needs (onnx.proto3, IR version 8, opset 13).

const ascii = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const join = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

/** A message: pairs of a field's number and its value, which is an integer, a text, or bytes. */
const message = (...fields) =>
  join(
    fields.map(([field, value]) => {
      if (typeof value === "number") return [...varint(8 * field), ...varint(value)];
      const bytes = typeof value === "string" ? ascii(value) : value;
      return [...varint(8 * field + 2), ...varint(bytes.length), ...bytes];
    }),
  );

const FLOAT = 1;
const INT = 2;
const bytesOf = (values) => new Uint8Array(Float32Array.from(values).buffer);
const tensor = (name, shape, values) =>
  message(...shape.map((n) => [1, n]), [2, FLOAT], [8, name], [9, bytesOf(values)]);
const attribute = (name, value) => message([1, name], [3, value], [20, INT]);
const node = (type, inputs, output, attributes = []) =>
  message(...inputs.map((name) => [1, name]), [2, output], [4, type], ...attributes.map((each) => [5, each]));
const value = (name, rows, columns) => {
  const shape = message(...[rows, columns].map((n) => [1, message([1, n])]));
  return message([1, name], [2, message([1, message([1, FLOAT], [2, shape])])]);
};

const types = { relu: "Relu", softmax: "Softmax" };

/** Dense layers, weights [out, in] and biases 0, each with its activation; x [batch, in] → y [batch, out]. */
export function model({ sizes, activations, batch }, weights) {
  const [nodes, tensors] = [[], []];
  let from = "x";
  weights.forEach((weight, i) => {
    const [w, b, z] = [`w${i}`, `b${i}`, `z${i}`];
    const to = i + 1 < weights.length ? `a${i}` : "y";
    tensors.push(
      tensor(w, [sizes[i + 1], sizes[i]], weight),
      tensor(b, [sizes[i + 1]], new Float32Array(sizes[i + 1])),
    );
    nodes.push(node("Gemm", [from, w, b], z, [attribute("transB", 1)]), node(types[activations[i]], [z], to));
    from = to;
  });
  const graph = message(
    ...nodes.map((each) => [1, each]),
    [2, "mlp"],
    ...tensors.map((each) => [5, each]),
    [11, value("x", batch, sizes[0])],
    [12, value("y", batch, sizes.at(-1))],
  );
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 13])]);
}
