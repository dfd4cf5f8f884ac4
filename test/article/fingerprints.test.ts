import { expect, test } from "vitest";
import { articleNetwork, input, target } from "../../examples/article.js";
import { forward, train, type Variant } from "../support/article.js";

/** E after updates 1 and 2, ½Σ(target − out)² whatever was differentiated: by it a reader finds his mistake. */
const fingerprints: readonly (readonly [string, Variant, string, string])[] = [
  ["correct", {}, ".291027774", ".283547133"],
  ["updated weights used in the hidden pass", { updatedWeightsFedBack: true }, ".291027924", ".283547364"],
  ["biases trained, one a neuron", { biases: "per neuron" }, ".280471447", ".261907623"],
  ["biases trained, shared", { biases: "shared" }, ".285750887", ".272797264"],
  ["no 1/2 in the error", { errorFactor: 2 }, ".283618982", ".268364853"],
  ["mean over outputs", { errorFactor: 1 / 2 }, ".294708158", ".291009536"],
  ["weights read column by column throughout", { readByColumn: true }, ".296368559", ".288935207"],
  ["sign of the step flipped", { stepUphill: true }, ".305640633", ".312753464"],
  ["output derivative forgotten", { withoutOutputDerivative: true }, ".258260102", ".220366594"],
  ["hidden derivative forgotten", { withoutHiddenDerivative: true }, ".291024764", ".283542881"],
  ["only one output fed back", { onlyFirstOutputFedBack: true }, ".291027283", ".283546384"],
  ["W not transposed in the hidden pass", { notTransposed: true }, ".291027661", ".283546858"],
  ["gradients not zeroed between steps", { gradientsNotZeroed: true }, ".291027774", ".276080869"],
];

test.each(fingerprints)("%s", (_, variant, first, second) => {
  const errors = [1, 2].map((updates) => forward(train(updates, variant)).error.toFixed(9));
  expect(errors).toEqual([`0${first}`, `0${second}`]);
});

test("no two mistakes leave the same fingerprint", () => {
  expect(new Set(fingerprints.map(([, , first, second]) => `${first} ${second}`)).size).toBe(fingerprints.length);
});

test("the library leaves the first", () => {
  const network = articleNetwork();
  const errors = [1, 2].map(() => {
    network.trainBatch(input, target);
    return network.evaluate(input, target).loss.toFixed(9);
  });
  const [, , first, second] = fingerprints[0]!;
  expect(errors).toEqual([`0${first}`, `0${second}`]);
});
