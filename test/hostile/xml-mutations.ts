/** Ways to spoil XML that bytes alone would seldom find, each by a seeded random. */
import type { SeededRandom } from "../../hal/mock/index.ts";
import { spoilt } from "./mutations.ts";

type Mutation = (xml: string, other: string, random: SeededRandom) => string;

const pick = <T>(all: readonly T[], random: SeededRandom): T => all[random.below(all.length)]!;

/** A place where a tag begins or ends. */
function edge(xml: string, random: SeededRandom): number {
  const from = random.below(xml.length + 1);
  const at = xml.indexOf("<", from);
  return at < 0 ? from : at;
}

const put = (xml: string, at: number, text: string, instead = 0): string =>
  xml.slice(0, at) + text + xml.slice(at + instead);

/** Some element with all that is in it, by its first end tag. */
function element(xml: string, random: SeededRandom): { at: number; text: string } | undefined {
  const at = edge(xml, random);
  const name = /^<([\w:]+)/.exec(xml.slice(at, at + 100))?.[1];
  if (name === undefined) return undefined;
  const end = xml.indexOf(`</${name}>`, at);
  return end < 0 ? undefined : { at, text: xml.slice(at, end + name.length + 3) };
}

const declarations = [
  "<!DOCTYPE a>",
  '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
  '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
  '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/"> %b;]>',
  '<?xml-stylesheet href="a"?>',
  '<?xml version="1.1"?>',
];
const words = [
  ..."<>&\"'",
  ...["&b;", "&#0;", "&#x10FFFF;", "&#xFFFFFFFFFF;", "&lt;", "]]>", "<![CDATA[", "]]", "<!--", "-->", "--"],
  ...["\0", "\uFEFF", "\uD800", "\u2028", "\r", " xmlns=''", " xml:lang='a'", "-0", "1e999", "NaN", "0x10"],
  ...["__proto__", "constructor", "toString", "99999999999999999999999999", "2026-02-30T25:61:61Z"],
];
const namespaces = [
  "http://www.dccinterface.co.uk/ServiceUserGateway",
  "http://www.w3.org/2000/09/xmldsig#",
  "http://www.w3.org/2000/xmlns/",
  "urn:x",
  "",
];

/** How often something is repeated: now and then to the reader's bounds. */
const many = (random: SeededRandom): number =>
  random.below(30) === 0 ? pick([1_000, 12_000], random) : pick([2, 10, 100], random);

const mutations: Readonly<Record<string, Mutation>> = {
  declaration: (xml, _, random) =>
    put(xml, random.below(2) === 0 ? 0 : edge(xml, random), pick(declarations, random)),
  word: (xml, _, random) => put(xml, random.below(xml.length + 1), pick(words, random), random.below(4)),
  value: (xml, _, random) => {
    const from = xml.indexOf(">", random.below(xml.length)) + 1;
    const end = xml.indexOf("<", from);
    return end < 0 ? xml : put(xml, from, pick(words, random).repeat(1 + random.below(3)), end - from);
  },
  long: (xml, _, random) => put(xml, random.below(xml.length + 1), pick(words, random).repeat(many(random))),
  depth: (xml, _, random) => {
    const found = element(xml, random);
    const [, name = "a"] = /^<([\w:]+)/.exec(found?.text ?? "") ?? [];
    const levels = pick([1, 10, 30, 3_000], random);
    const inner = `<${name}>`.repeat(levels) + `</${name}>`.repeat(levels);
    return put(xml, found?.at ?? edge(xml, random), inner);
  },
  count: (xml, _, random) => {
    const found = element(xml, random);
    return found === undefined
      ? xml
      : put(xml, found.at, found.text.slice(0, 2_000).repeat(Math.min(many(random), 300)));
  },
  flood: (xml, _, random) =>
    put(xml, edge(xml, random), pick(["<a/>", "<!-- -->", "\r\n", "&lt;"], random).repeat(many(random))),
  without: (xml, _, random) => {
    const found = element(xml, random);
    return found === undefined ? xml : put(xml, found.at, "", found.text.length);
  },
  swap: (xml, other, random) => {
    const [found, strange] = [element(xml, random), element(other, random)];
    return found === undefined || strange === undefined
      ? xml
      : put(xml, found.at, strange.text, found.text.length);
  },
  attribute: (xml, _, random) => {
    const at = xml.indexOf(">", random.below(xml.length));
    const own = pick([' a="1"', ' index="1"', ' schemaVersion="5.4"', ' xmlns:sr="urn:x"', " a"], random);
    return at < 0 ? xml : put(xml, at, own.repeat(pick([1, 2, 20, 500], random)));
  },
  namespace: (xml, _, random) => xml.replace(pick(namespaces, random), pick(namespaces, random)),
  prefix: (xml, _, random) => {
    const at = xml.indexOf("sr:", random.below(xml.length));
    return at < 0 ? xml : put(xml, at, pick(["ds:", "xml:", "xmlns:", ":", ""], random), 3);
  },
};

/** One to three of them, seldom more than one; or one of the ways to spoil any bytes. */
export function spoiltXml(xml: string, other: string, random: SeededRandom): Uint8Array {
  if (random.below(5) === 0) return spoilt(Buffer.from(xml), Buffer.from(other), random);
  let text = xml;
  for (let i = random.below(8) === 0 ? 3 : 1; i > 0; i--)
    text = pick(Object.values(mutations), random)(text, other, random);
  return Buffer.from(text);
}
