/** Another value for each leaf of a request, or none, one at a time. */

export interface Change {
  readonly what: string;
  /** The element that is changed. */
  readonly name: string;
  readonly isLeftOut: boolean;
  /** Of which a refusal must say one. */
  readonly names: readonly string[];
  readonly refusal: string | undefined;
  /** The request with the change. */
  readonly xml: string;
}

/** What is said of a request's text; undefined when nothing is. */
type Refusal = (xml: string) => string | undefined;

const leaf = /<sr:(\w+)((?:\s+[\w:]+="[^"]*")*)>([^<>]*)<\/sr:\1>/g;
/** Says something by being there. */
const flag = /<sr:(\w+)\/>/g;

/** What a command's own header has for the elements of a request's. */
const headerNames = ["originator", "target", "counter", "supplementary", "expected"];

/** Each leaf of `xml` with another value, and left out; of these, those that `pick` picks. */
export function* changesOf(xml: string, pick: () => boolean, refusal: Refusal): Generator<Change> {
  for (const { name, at, length, what, other } of edits(xml, refusal)) {
    if (!pick()) continue;
    const names = at < xml.indexOf("<sr:Body>") ? [name, ...headerNames] : [name];
    const text = xml.slice(0, at) + other + xml.slice(at + length);
    yield {
      name,
      names,
      isLeftOut: other === "",
      what: `${name} ${what}`,
      refusal: refusal(text),
      xml: text,
    };
  }
}

interface Edit {
  readonly name: string;
  readonly at: number;
  readonly length: number;
  readonly what: string;
  readonly other: string;
}

function* edits(xml: string, refusal: Refusal): Generator<Edit> {
  /** Words that a refusal of another names, by their element's name. */
  const words = new Map<string, readonly string[]>();
  for (const match of xml.matchAll(leaf)) {
    const [all, name, attributes, value] = match as unknown as [string, string, string, string];
    const [at, { length }] = [match.index, all];
    const put = (other: string): string => all.replace(`>${value}<`, () => `>${other}<`);
    const offer = (): readonly string[] =>
      offered(refusal(xml.slice(0, at) + put("no such word") + xml.slice(at + length)));
    const others = alternatives(value) ?? wordsFor(value, memo(words, name, offer));
    for (const other of others)
      yield { name, at, length, what: `${value.slice(0, 30)} as ${other.slice(0, 30)}`, other: put(other) };
    for (const [attribute, own, number] of attributes.matchAll(/ (\w+)="(\d+)"/g)) {
      const other = all.replace(attribute, ` ${own}="${Number(number) + 1}"`);
      yield { name, at, length, what: `${attribute} + 1`, other };
    }
    yield { name, at, length, what: "left out", other: "" };
  }
  for (const match of xml.matchAll(flag)) {
    const [all, name] = match as unknown as [string, string];
    const isWhole = /<sr:Body>\s*$/.test(xml.slice(0, match.index));
    if (!isWhole) yield { name, at: match.index, length: all.length, what: "left out", other: "" };
  }
}

function memo<V>(known: Map<string, V>, key: string, value: () => V): V {
  const found = known.get(key) ?? value();
  known.set(key, found);
  return found;
}

function alternatives(value: string): string[] | undefined {
  if (/^(true|false)$/.test(value)) return [value === "true" ? "false" : "true"];
  if (/^\d+$/.test(value))
    return [String(BigInt(value) + 1n), ...(BigInt(value) > 0n ? [String(BigInt(value) - 1n)] : [])].map(
      (each) => each.padStart(value.length, "0"),
    );
  if (/^-?\d+\.\d+$/.test(value)) return [value.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))];
  if (/^\d{4}-\d\d-\d\dT/.test(value))
    return [
      value.replace(/^\d{4}/, value.startsWith("3000") ? "2030" : "2031"),
      value.replace(/(\.\d+)?Z$/, ".50Z"),
    ];
  if (/^(\d{4}|65535)-\d\d-\d\d/.test(value))
    return [value.replace(/-(\d\d)(Z?)$/, (_, day, zone) => `-${day === "11" ? "12" : "11"}${zone}`)];
  if (/^\d\d:\d\d:\d\d/.test(value)) return [value.replace(/^\d\d/, (hour) => (hour === "05" ? "06" : "05"))];
  if (/^([0-9A-Fa-f]{2}-){7}[0-9A-Fa-f]{2}$/.test(value))
    return [value.replace(/.$/, (digit) => (digit === "1" ? "2" : "1"))];
  if (/^([0-9A-Fa-f]{2}-){7}/.test(value)) return requestIds(value);
  if (value.length > 60) return [value.slice(0, 40) + (value[40] === "A" ? "B" : "A") + value.slice(41)];
  return undefined;
}

const requestIds = (id: string): string[] => {
  const [originator, target, counter] = id.split(":") as [string, string, string];
  const other = (eui: string): string => eui.replace(/.$/, (digit) => (digit === "1" ? "2" : "1"));
  return [
    `${other(originator)}:${target}:${counter}`,
    `${originator}:${other(target)}:${counter}`,
    `${originator}:${target}:${BigInt(counter) + 1n}`,
  ];
};

/** Words that a refusal names as possible. */
const offered = (refusal = ""): readonly string[] =>
  [...refusal.matchAll(/"([^"]+)"/g)].map(([, word]) => word!).filter((word) => word !== "no such word");

/** Another text where none is offered. */
function wordsFor(value: string, offer: readonly string[]): readonly string[] {
  const others = offer.filter((word) => word !== value);
  return others.length > 0 ? others : [`${value}x`, value.slice(1)];
}
