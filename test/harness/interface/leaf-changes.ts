/** Another value for each leaf of a request, one at a time. */

export interface Change {
  readonly what: string;
  /** Of the header, not of the body. */
  readonly isHeader: boolean;
  /** Of which a refusal must say one. */
  readonly names: readonly string[];
  readonly refusal: string | undefined;
}

const leaf = /<sr:(\w+)((?:\s+[\w:]+="[^"]*")*)>([^<>]*)<\/sr:\1>/g;

/**
 * Of each element's leaves one of `stride` in `xml`, changed; `refusal` says what is said of it. Values that have no like elsewhere (words) are those that a
 * refusal of nonsense offers.
 */
export function* changesOf(
  xml: string,
  stride: number,
  refusal: (text: string) => string | undefined,
): Generator<Change> {
  const body = xml.indexOf("<sr:Body>");
  const seen = new Map<string, number>();
  for (const match of xml.matchAll(leaf)) {
    const [all, name, attributes, value] = match as unknown as [string, string, string, string];
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    if (before % stride > 0) continue;
    const at = match.index + all.lastIndexOf(`>${value}<`) + 1;
    const put = (other: string): string => xml.slice(0, at) + other + xml.slice(at + value.length);
    const isHeader = match.index < body;
    const names = !isHeader ? [name] : [name, "originator", "target", "counter", "expected"];
    const others = alternatives(value) ?? offered(refusal(put("no such word")), value);
    for (const other of others)
      yield {
        isHeader,
        what: `${name} ${value.slice(0, 30)} as ${other.slice(0, 30)}`,
        names,
        refusal: refusal(put(other)),
      };
    for (const attribute of attributes.matchAll(/ (\w+)="(\d+)"/g)) {
      const from = match.index + all.indexOf(attribute[0]);
      const other = ` ${attribute[1]}="${Number(attribute[2]) + 1}"`;
      const text = xml.slice(0, from) + other + xml.slice(from + attribute[0].length);
      yield { isHeader, what: `${name} ${attribute[0]} + 1`, names, refusal: refusal(text) };
    }
  }
}

function alternatives(value: string): string[] | undefined {
  if (/^(true|false)$/.test(value)) return [value === "true" ? "false" : "true"];
  if (/^\d+$/.test(value))
    return [String(BigInt(value) + 1n), ...(BigInt(value) > 0n ? [String(BigInt(value) - 1n)] : [])].map(
      (each) => each.padStart(value.length, "0"),
    );
  if (/^-?\d+\.\d+$/.test(value)) return [value.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))];
  if (/^\d{4}-\d\d-\d\dT/.test(value))
    return [value.replace(/^\d{4}/, value.startsWith("3000") ? "2030" : "2031")];
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

/** Words that a refusal names as possible; another text where it names none. */
function offered(refusal: string | undefined, value: string): string[] {
  const words = [...(refusal ?? "").matchAll(/"([^"]+)"/g)].map(([, word]) => word!);
  const others = words.filter((word) => word !== value && word !== "no such word");
  return others.length > 0 ? others : [`${value}x`, value.slice(1)];
}
