/** Published responses and alerts in the MMC output format: valid by its schema, and with every value that they carry. */
import assert from "node:assert/strict";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { type DecodedNode, decode } from "../../../../harness/decode/index.ts";
import { MessageParser, type Parsed } from "../../../../harness/interface/index.ts";
import { loadX509Keys, openHidden } from "../../../../harness/verify/index.ts";
import { duis, rtds } from "../../../support/shared-data.ts";
import { expectTool, schemaFaults } from "../../../support/xml-tools.ts";
import { type DeviceMessage, readDeviceMessages } from "./device-messages.ts";
import { withoutElement } from "./without-element.ts";

describe("responses and alerts in the MMC output format", () => {
  let all: readonly (DeviceMessage & { readonly parsed: Parsed })[] = [];
  let schema = "";
  let keysDir = "";
  before(function () {
    this.timeout(120_000);
    schema = duis(this, "schema/mmc-5.4.xsd");
    keysDir = rtds(this, "keystore");
    const parser = new MessageParser(keysDir);
    all = readDeviceMessages(rtds(this, "messages"), keysDir).map((message) => ({
      ...message,
      parsed: parser.parse(message.bytes),
    }));
    assert.ok(all.length > 0);
  });

  it("every one is valid by the schema, opened and with its hidden values encrypted", function () {
    this.timeout(120_000);
    expectTool(this, "xmllint");
    const parser = new MessageParser(keysDir);
    const first = all.map(({ bytes }) => parser.parse(bytes, { isFirstPass: true }));
    for (const [pass, parsed] of [
      ["first", first],
      ["second", all.map((each) => each.parsed)],
    ] as const) {
      const faults = schemaFaults(
        schema,
        parsed.map(({ xml }) => xml),
      );
      const alerts = parsed.filter(({ kind }) => kind === "alert").length;
      const encrypted = parsed.filter((each) => each.encrypted).length;
      if (faults.length === 0)
        console.log(
          `      ${parsed.length} of ${parsed.length} valid in the ${pass} pass: ${parsed.length - alerts} responses, ${alerts} alerts, ${encrypted} encrypted`,
        );
      assert.deepEqual(faults.slice(0, 10), []);
    }
    assert.ok(all.every(({ parsed }) => !parsed.encrypted));
  });

  it("every value has an element, or is told by name and stands in GBCSData", () => {
    let [placed, implied] = [0, 0];
    const leftOut = new Map<string, number>();
    for (const { file, parsed } of all) {
      placed += parsed.placed;
      implied += parsed.implied.length;
      for (const { path } of parsed.leftOut) {
        const name = path.replace(/\[\d+\]/g, "");
        leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
        assert.ok(
          withoutElement.some((known) => known.test(name)),
          `${file}: ${path} has no element`,
        );
      }
      assert.equal(parsed.leftOut.length > 0, parsed.xml.includes("GBCSData"), file);
    }
    const rest = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `      ${placed} values in elements, ${implied} said without one, ${rest} in GBCSData alone:`,
    );
    for (const [name, count] of leftOut) console.log(`        ${name}: ${count}`);
    assert.ok(placed > 1000);
  });

  it("numbers, times, identities and text stand there as another decoder tells them", function () {
    this.timeout(120_000);
    const keys = loadX509Keys(keysDir);
    const crypto = nodeCrypto();
    let [found, words] = [0, 0];
    const missing: string[] = [];
    for (const { file, bytes, parsed } of all) {
      const told = decode(bytes, { open: (envelope, sealed) => openHidden(keys, crypto, envelope, sealed) });
      const texts = textsOf(parsed.xml);
      const elsewhere = [...parsed.leftOut, ...parsed.implied].map(({ path }) =>
        path.replace(/^(credentials|joining|firmwareImage)\.\w+\.?/, ""),
      );
      for (const { name, value } of valuesOf(told)) {
        const isElsewhere = elsewhere.some((path) => sameOrWithin(path, name) || sameOrWithin(name, path));
        const isWord = word.test(name) || fitted.test(`${name} = ${value}`);
        const forms = isElsewhere || isWord ? undefined : formsOf(value);
        if (forms === undefined) {
          words++;
          continue;
        }
        const form = forms.find((each) => (texts.get(each) ?? 0) > 0);
        if (form === undefined) missing.push(`${file}: ${name} = ${value}`);
        else texts.set(form, (texts.get(form) as number) - 1);
        found++;
      }
    }
    console.log(`      ${found} values found as they are, ${words} are words, places or units there`);
    assert.deepEqual(missing.slice(0, 40), []);
    assert.ok(found > 1000);
  });
});

const sameOrWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);

/** Values that the format tells in words, in parts, or in another count. */
const word =
  /creditCharges|\.(weekdays|specialDays|selector|script|index|channel|from|to|date|scaler)$|seasonsActive.*\.start$|auxiliaryLog.*controller$|BehaviourInForce|Mpan\.value$|subGhzChannel|page\d\d$|^(activation|command|controller|reason|state)$|executionTimes|timeDebt\d\.period$/;
/** What is fitted, in words, unless it has an identity. */
const fitted = /auxiliaryType\d\.value = (0{16}|FF)$/;

/** Of the payload each value by its name, once. */
function valuesOf(node: DecodedNode): readonly { readonly name: string; readonly value: string }[] {
  const payload = [
    node,
    ...node.children.flatMap((child) => [
      child,
      ...child.children.flatMap((inner) => [inner, ...inner.children]),
    ]),
  ].at(-1);
  const notValues =
    /^(APDU|long invoke id|data|result \d+|hidden values|alert code|alertCode|alertTime|time|answer)$/;
  const values = (payload?.fields ?? []).filter(({ name }) => !notValues.test(name));
  return [...new Map(values.map(({ name, value }) => [name, { name, value: String(value) }])).values()];
}

/** Texts and attributes of a document, with how often each stands there. */
function textsOf(xml: string): Map<string, number> {
  const body = xml.slice(xml.indexOf("<ra:Body>"));
  const texts = [...body.matchAll(/>([^<]+)<|="([^"]*)"/g)].map(
    ([, text, attribute]) => text ?? attribute ?? "",
  );
  const counts = new Map<string, number>();
  for (const text of texts) {
    const plain = text.replace(
      /&(lt|gt|amp);/g,
      (_, name: string) => ({ lt: "<", gt: ">", amp: "&" })[name] as string,
    );
    counts.set(plain, (counts.get(plain) ?? 0) + 1);
  }
  return counts;
}

/** How a value may stand in the format; undefined where a word stands for it. */
function formsOf(value: string): readonly string[] | undefined {
  const time = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(value);
  if (time !== null) return [`${time[1]}T${time[2]}Z`];
  if (/^\d\d:\d\d:\d\d$/.test(value)) return [`${value}.00Z`];
  if (/^\d+ \(\w+\)$|^(true|false|null|\(empty\)|\(left out\))$|^[\d-]*--|^\d{4}-\d\d-\d\d$|… \(/.test(value))
    return undefined;
  const number = /^-?\d{1,10}$/.test(value) ? Number(value) : undefined;
  const numbers =
    number === undefined ? [] : [String(number), hexOf(number, 4), hexOf(number, 8), String(number / 100)];
  const octets = /^([0-9A-F]{2})+$/.test(value) ? Buffer.from(value, "hex") : undefined;
  const told =
    octets === undefined
      ? []
      : [
          octets.toString("base64"),
          octets.toString("latin1"),
          ...(octets.length === 8 ? [(value.match(/../g) ?? []).join("-")] : []),
          ...(octets.length === 1 ? [String(octets[0]), String((octets[0] as number) & 15)] : []),
        ];
  return [value, ...numbers, ...told];
}

const hexOf = (number: number, digits: number): string =>
  number.toString(16).toUpperCase().padStart(digits, "0");
