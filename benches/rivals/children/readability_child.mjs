// Readability.js for `wirewatch-bench-rivals --external`: pages in, articles out, one JSON a line.
// usage: node readability_child.mjs FOLDER_OF_NODE_MODULES linkedom|jsdom
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, dom] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const { Readability } = require("@mozilla/readability");
const documentOf = dom === "jsdom" ? ofJsdom(require("jsdom")) : ofLinkedom(require("linkedom"));

function ofJsdom({ JSDOM, VirtualConsole }) {
  const options = { virtualConsole: new VirtualConsole() };
  return (html, url) => new JSDOM(html, url ? { ...options, url } : options).window.document;
}

function ofLinkedom({ parseHTML }) {
  return (html) => parseHTML(html).document;
}

function read({ html, url }) {
  const before = process.cpuUsage();
  const article = new Readability(documentOf(html, url)).parse();
  const { user, system } = process.cpuUsage(before);
  const found = article ?? {};
  return {
    ms: (user + system) / 1e3,
    title: found.title ?? null,
    published: found.publishedTime ?? null,
    authors: found.byline ? [found.byline] : [],
    html: found.content ?? "",
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = read(JSON.parse(line));
  } catch (error) {
    answer = { failure: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
