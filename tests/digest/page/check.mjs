// Looks at pages as html-validate and axe-core do: node check.mjs PAGE.html ...; `--tools` only says whether they are there.
// In Chromium every page is opened light and dark, 320 and 760 pixels wide; nothing may be loaded from elsewhere.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const pages = process.argv.slice(2);
if (!existsSync(CHROMIUM)) {
  console.error(`there is no ${CHROMIUM}`);
  process.exit(1);
}
if (pages[0] === "--tools") process.exit(0);

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const validator = new HtmlValidate(
  new FileSystemConfigLoader({
    root: true,
    extends: ["html-validate:recommended"],
    // Mail programs drop style sheets: light is written at the elements.
    rules: { "no-inline-style": "off" },
  }),
);
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let faults = 0;
function fault(page, words) {
  faults += 1;
  console.log(`${page}: ${words}`);
}

for (const path of pages) {
  const name = basename(path);
  const before = faults;
  const report = await validator.validateFile(path);
  for (const result of report.results) {
    for (const m of result.messages) fault(name, `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
  }
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 760]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      const loaded = [];
      page.on("request", (request) => loaded.push(request.url()));
      await page.goto(pathToFileURL(path).href);
      const where = `${name} (${colorScheme}, ${width} px)`;
      if (loaded.length > 1) fault(where, `loads ${loaded.slice(1).join(" ")}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) fault(where, `is ${wide} px wide`);
      await page.addScriptTag({ path: axe });
      const { violations } = await page.evaluate(() => window.axe.run());
      for (const v of violations) {
        fault(where, `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join(" | ")}`);
      }
      await page.close();
    }
  }
  if (faults === before) console.log(`${name}: no faults`);
}
await browser.close();
process.exit(faults === 0 ? 0 : 1);
