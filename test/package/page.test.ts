import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { flags } from "./chromium.js";

const consumer = inject("consumer");
const command = join(consumer, "node_modules/.bin/chainrule");
const large = {
  layers: [{ dense: [3, 5] }, "tanh", { dense: [5, 3] }, "softmax"],
  loss: "crossEntropy",
  optimizer: "adam",
  input: [0.1, 0.2, 0.3],
  target: [0, 1, 0],
  seed: 1,
};
const deep = {
  layers: [{ dense: [2, 3] }, "tanh", { dense: [3, 3] }, "tanh", { dense: [3, 2] }],
  loss: "halfSquaredError",
  optimizer: "sgd",
  input: [0.1, 0.2],
  target: [0, 1],
};
const pages = {
  article: join(consumer, "article.html"),
  large: join(consumer, "large.html"),
  deep: join(consumer, "deep.html"),
};
let browser: Browser;

beforeAll(async () => {
  execFileSync(command, ["article", "--html", pages.article]);
  execFileSync(command, ["explain", "-", "--html", pages.large], { input: JSON.stringify(large) });
  execFileSync(command, ["explain", "-", "--html", pages.deep], { input: JSON.stringify(deep) });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: flags });
});

afterAll(() => browser?.close());

/** Opens a page, and notes what it asks of the network and what it complains of. */
async function open(file: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  const page = await browser.newPage(options);
  const trouble: string[] = [];
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on(
    "request",
    (request) =>
      request.url() === pathToFileURL(file).href || request.url() === "data:," || trouble.push(request.url()),
  );
  await page.goto(pathToFileURL(file).href);
  return { page, trouble };
}

const edge = (page: Page, name: string) => page.locator(`.edge[data-edge="${name}"]`);
/** What can be seen of an edge. */
const seen = async (page: Page, name: string): Promise<string> =>
  (await edge(page, name).locator("text:visible").allTextContents()).join(" | ");
const formula = async (page: Page): Promise<string> =>
  (await page.locator("#formula").textContent())!.replaceAll(/\s+/g, " ");

describe("the article's step in Chromium", () => {
  test("is clicked through: 0.082167041 stands at w5 once it is computed, not before", async () => {
    const { page, trouble } = await open(pages.article);
    expect(await seen(page, "w5")).toBe("w5 0.4");
    const forward = page.getByRole("button", { name: "One step forward" });
    let clicks = 0;
    for (; !(await seen(page, "w5")).includes("∂"); clicks++) await forward.click();
    expect(clicks).toBeGreaterThan(10);
    expect(await seen(page, "w5")).toBe("w5 0.4 | ∂ 0.082167041");
    expect(await formula(page)).toMatch(/= 0\.741365070 × 0\.186815602 × 0\.593269992 = 0\.082167041$/);
    expect(await seen(page, "w1")).toBe("w1 0.15");
    await page.getByRole("button", { name: "One step back" }).click();
    expect(await seen(page, "w5")).toBe("w5 0.4");
    await page.getByRole("button", { name: "To the end" }).click();
    expect(await seen(page, "w5")).toBe("w5⁺ 0.358916480 | ∂ 0.082167041");
    expect(await formula(page)).toContain("0.291027774");
    expect(await forward.isDisabled()).toBe(true);
    await page.getByRole("button", { name: "To the beginning" }).click();
    expect(await seen(page, "w5")).toBe("w5 0.4");
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("goes by the arrow keys as by the buttons, and tells screen readers", async () => {
    const { page, trouble } = await open(pages.article);
    const steps: string[] = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press("ArrowRight");
      steps.push(await formula(page));
    }
    expect(new Set(steps).size).toBe(5);
    expect(steps[0]).toContain("0.3775");
    await page.keyboard.press("ArrowLeft");
    expect(await formula(page)).toBe(steps[3]);
    await page.keyboard.press("End");
    expect(await page.locator("#count").textContent()).toMatch(/^Step (\d+) of \1$/);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Home");
    expect(await page.locator("#count").textContent()).toMatch(/^Step 0 of/);
    const live = page.locator('[aria-live="polite"]');
    expect(await live.locator("#formula").count()).toBe(1);
    expect(await live.locator("#where").textContent()).toBe("Before the step: what is given");
    for (const button of await page.getByRole("button").all())
      expect(await button.getAttribute("aria-label")).toMatch(/\w{3}/);
    expect(trouble).toEqual([]);
    await page.close();
  });

  test("is the plain derivation without script", async () => {
    const { page } = await open(pages.article, { javaScriptEnabled: false });
    expect(await page.locator("aside").isVisible()).toBe(false);
    expect(await seen(page, "w5")).toBe("w5 0.4 | ∂ 0.082167041");
    expect(await page.locator("li").filter({ hasText: "0.082167041" }).first().isVisible()).toBe(true);
    await page.close();
  });

  test("prints without the buttons, all numbers in the drawing", async () => {
    const { page } = await open(pages.article);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("aside").isVisible()).toBe(false);
    expect(await seen(page, "w5")).toBe("w5 0.4 | ∂ 0.082167041");
    expect((await page.pdf()).subarray(0, 4).toString()).toBe("%PDF");
    await page.close();
  });
});

describe.each(Object.entries(pages))("the %s page", (_, file) => {
  test.each([
    ["light", 390],
    ["light", 1280],
    ["dark", 390],
    ["dark", 1280],
  ] as const)(
    "%s, %d pixels wide: nothing sticks out, texts stand apart and out from their ground",
    async (colorScheme, width) => {
      const { page, trouble } = await open(file, { viewport: { width, height: 844 }, colorScheme });
      for (let i = 0; i < 25; i++) await page.keyboard.press("ArrowRight");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      // Labels of the drawing do not overlap each other.
      const overlaps = await page.evaluate(`(() => {
      const boxes = [...document.querySelectorAll("svg text")].map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, { width }]) => width > 0);
      const svg = document.querySelector("svg").getBoundingClientRect();
      const out = boxes.filter(([, box]) => box.left < svg.left || box.right > svg.right || box.top < svg.top - 1 || box.bottom > svg.bottom + 1);
      return [...out.map(([text]) => text + " sticks out"), ...boxes.flatMap(([text, a], i) => boxes.slice(i + 1).filter(([, b]) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([other]) => text + " over " + other))];
    })()`);
      expect(overlaps).toEqual([]);
      // WCAG's contrast of at least 4.5.
      const contrasts = (await page.evaluate(`(() => {
      const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const style = (selector, property) => luminance(getComputedStyle(document.querySelector(selector))[property]);
      const grounds = [style("body", "backgroundColor"), style("svg rect", "fill"), style("li.now", "backgroundColor")];
      const inks = [["body", "color"], [".note, figcaption", "color"], ["svg text.head", "fill"], ["svg .partial", "fill"], ["svg .key", "fill"]].map((each) => style(...each));
      return inks.flatMap((ink) => grounds.map((ground) => contrast(ink, ground)));
    })()`)) as number[];
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
      expect(trouble).toEqual([]);
      await page.close();
    },
  );
});

test("a script or a style that somebody puts into the page is not in force; the page's own are", async () => {
  const file = join(consumer, "injected.html");
  const injected = `<script>document.title = "injected"</script><img src="data:," onerror="document.title = 'injected'">
<base href="https://example.org/"><style>h1 { display: none; }</style><p id="inline" style="display: none">seen</p>`;
  writeFileSync(file, readFileSync(pages.article, "utf8").replace("<main>", `<main>${injected}`));
  const page = await browser.newPage();
  const refused: string[] = [];
  page.on("console", (message) => refused.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  await page.keyboard.press("End");
  expect(await formula(page)).toContain("0.291027774");
  expect(await page.title()).toMatch(/^Backpropagation/);
  expect(await page.locator("h1").isVisible()).toBe(true);
  expect(await page.locator("#inline").isVisible()).toBe(true);
  expect(refused.filter((each) => each.includes("Content Security Policy")).length).toBeGreaterThanOrEqual(4);
  await page.close();
});

test.each([1200, 1600])("the drawing of a deep network is seen whole, %d pixels wide", async (width) => {
  const { page } = await open(pages.deep, { viewport: { width, height: 844 } });
  await page.keyboard.press("ArrowRight");
  expect(
    await page.evaluate(
      "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))",
    ),
  ).toBe(0);
  await page.close();
});

test("the file refers to nothing outside of itself", () => {
  for (const file of Object.values(pages)) expect(readFileSync(file, "utf8")).not.toMatch(/https?:|src=|url\(/);
});

test("the command works as it was installed, on files too", () => {
  mkdirSync(join(consumer, "models"), { recursive: true });
  const file = join(consumer, "models/large.json");
  writeFileSync(file, JSON.stringify(large));
  expect(execFileSync(command, ["summary", file], { encoding: "utf8" })).toContain("loss crossEntropy, optimizer adam");
  expect(execFileSync(command, ["article"], { encoding: "utf8" })).toBe(readFileSync("test/cli/article.txt", "utf8"));
});
