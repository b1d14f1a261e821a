/** What xmllint says against documents by DUIS's schema. */
import { duis } from "../../support/shared-data.ts";
import { expectTool, runTool } from "../../support/xml-tools.ts";

/** Of certificates; libxml2's integers end at 24 digits. */
const ofLongSerial = /X509SerialNumber': '\d{25,}' is not a valid value of the atomic type 'xs:integer'/;

/** By the documents' names; skips the test where schema or xmllint are not there. */
export function schemaFaults(context: Mocha.Context, documents: ReadonlyMap<string, string>): string[] {
  const schema = duis(context, "schema/duis-5.4.xsd");
  expectTool(context, "xmllint");
  const files = Object.fromEntries([...documents].map(([name, xml]) => [`${name}.xml`, xml]));
  const { stderr } = runTool(
    "xmllint",
    ["--noout", "--nonet", "--schema", schema, ...Object.keys(files)],
    files,
  );
  const lines = stderr.split("\n");
  const valid = lines.filter((line) => line.endsWith(" validates")).length;
  const faults = lines.filter((line) => / error : /.test(line) && !ofLongSerial.test(line));
  const serials = lines.filter((line) => ofLongSerial.test(line)).length;
  if (valid + serials < documents.size && faults.length === 0)
    throw new Error(`xmllint: ${stderr.slice(0, 1000)}`);
  return faults.map((line) => line.replaceAll(/\{http[^}]*\}/g, ""));
}
