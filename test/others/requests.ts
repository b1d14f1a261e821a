/** Which published requests are sent: those of users with XML keys to what a default home has. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Supplier or network operator, to the meter, the hub, or the DCC. */
const ours = /RequestID>90-B3-D5-1F-30-0[12]-00-00:(?:00-DB-12-34-56-78-90-A[02]|90-B3-D5-1F-30-00-00-02):/;

/** What a default home cannot answer with success, or what would end the talk, with the reason. */
const left: readonly (readonly [names: RegExp, why: string])[] = [
  [/_(?:6\.15\.1|6\.21|6\.23|8\.5)_/, "gives the meter keys that later requests are not signed by"],
  [/_(?:6\.17|8\.7\.1|8\.8\.1)_/, "is about devices, or a certificate, that the home has not"],
  [/^(?:5\.3|8\.13|11\.4)_/, "is about a schedule, an answer or an image that the DCC has not"],
  [
    /^(?:8\.4|8\.6|8\.14\.[1-4]|12\.2)_/,
    "is about devices that the inventory has not, or sets the hub aside",
  ],
  [/_9\.1_/, "is for other users"],
  [/^ECS29[bd]_/, "is for meters of three phases"],
];

/** In their order, at most `each` of a variant. */
export function requestsIn(folder: string, each: number): readonly string[] {
  const counts = new Map<string, number>();
  return readdirSync(folder)
    .filter((name) => name.endsWith(".XML") && !left.some(([names]) => names.test(name)))
    .sort()
    .filter((name) => {
      const xml = readFileSync(join(folder, name), "utf8");
      const variant = /ServiceReferenceVariant>([^<]*)</.exec(xml)?.[1] ?? "";
      if (!ours.test(xml) || (counts.get(variant) ?? 0) >= each) return false;
      counts.set(variant, (counts.get(variant) ?? 0) + 1);
      return true;
    });
}
