/** XML of elements with one prefix, or none (""), without white space between them: signatures are made over it as it stands. */

export interface Written {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Text, or elements. */
  readonly content: string | readonly Written[];
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};
const inText = (text: string): string => text.replace(/[&<>\r]/g, (char) => escapes[char] as string);
const inAttribute = (text: string): string =>
  text.replace(/[&<>"\r\n\t]/g, (char) => escapes[char] as string);

/** `root`, with what declares its prefix among its attributes. */
export function writeXml(root: Written, prefix: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, prefix)}`;
}

/** Without a declaration in front. */
export function writeElement({ name, attributes = {}, content }: Written, prefix: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${inAttribute(value)}"`);
  const inner =
    typeof content === "string"
      ? inText(content)
      : content.map((child) => writeElement(child, prefix)).join("");
  const tag = prefix === "" ? name : `${prefix}:${name}`;
  return inner === "" ? `<${tag}${pairs.join("")}/>` : `<${tag}${pairs.join("")}>${inner}</${tag}>`;
}
