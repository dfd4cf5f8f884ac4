import type { FileHandle } from "node:fs/promises";
import { ChainruleError, fail, Phrase } from "../core/errors.js";
import { isPlainObject } from "../core/options.js";
import { type LearntModel, tableModel } from "../table/model.js";
import { type Command, type Given, share } from "./command.js";
import { called, readJson } from "./model.js";
import { Predicting } from "./predicting.js";
import { readCsv } from "./table-file.js";
import { checkPlace } from "./train-options.js";
import { withOutput, writeWhole } from "./written.js";

/** The model in a file that `train` has saved. */
function modelIn(file: string): LearntModel {
  const remedy = "give a file that chainrule train has saved, or JSON.stringify(model) of a table's model";
  const document = readJson(file, remedy);
  if (!isPlainObject(document) || document.format !== "chainrule table")
    fail("type", called(file), "the model of a table", document, remedy);
  try {
    return tableModel.from(document) as unknown as LearntModel;
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    const { code, where, expected, got, remedy: mend } = error;
    return fail(code, `${called(file)}, ${where}`, expected, new Phrase(got), mend, { cause: error });
  }
}

/** @throws {@link ChainruleError} `option` for a threshold that the model has no use for */
function thresholdOf(given: Given, model: LearntModel): number | undefined {
  const threshold = share(given, "threshold", 0.3, "with 0 and 1");
  if (threshold !== undefined && model.columns.classes?.length !== 2)
    fail("option", "--threshold", "a model of two classes", new Phrase("another"), "leave it out");
  return threshold;
}

async function run(given: Given): Promise<0> {
  const [modelFile, file] = given.files as [string, string];
  const { out } = given.values;
  if (modelFile === "-" && file === "-")
    fail("value", "predict", "one file that is piped in", new Phrase("two"), "give the model by its path");
  const model = modelIn(modelFile);
  const threshold = thresholdOf(given, model);
  if (typeof out === "string") await checkPlace("--out", out, [modelFile, file]);
  const predicting = new Predicting(model, threshold, (line) => void process.stderr.write(`${line}\n`));
  const readTo = async (write: (text: string) => Promise<boolean>): Promise<void> => {
    await readCsv(file, {
      onHeader: (names, row, separator) => predicting.begin(names, row, separator, file),
      onRow: (row) => predicting.add(row),
      async onPiece() {
        const text = predicting.take();
        return text === "" || (await write(text));
      },
    });
    if (predicting.rows === 0)
      fail("shape", called(file), "rows below the names of the columns", new Phrase("none"), "give rows");
  };
  if (typeof out !== "string") await withOutput(readTo);
  else
    await writeWhole("--out", out, (handle: FileHandle) =>
      readTo(async (text) => {
        await handle.appendFile(text);
        return true;
      }),
    );
  predicting.tell();
  return 0;
}

export const predict: Command = {
  usage: "predict model.json new.csv",
  summary: "adds what a model predicts to the rows of a table",
  more: `Prints the rows as they stand, with the columns prediction and, for classes, probability: that of the class predicted.
What is unusual in the rows is counted on stderr, and so is how good the predictions are, if their answers are there.`,
  options: {
    threshold: {
      argument: "SHARE",
      help: "of two classes, answer the second if its probability is at least this; 0.5 if not given",
    },
    out: { argument: "FILE", help: "write a file; without it the rows are printed" },
  },
  run,
};
