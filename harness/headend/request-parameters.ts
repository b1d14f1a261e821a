/** What a service request takes, told to a person and to a program. */
import { z } from "zod";
import type { RequestDefinition } from "./requests/request.ts";

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly ObjectSchema[];
}

/** A request's form as JSON Schema. */
export function parameterSchema({ form }: RequestDefinition): object {
  const { $schema: _, ...schema } = z.toJSONSchema(form, { io: "input", unrepresentable: "any" });
  return schema;
}

/** Their names, `?` behind those that may be left out; of a request with several forms one text each. */
export function parameterNames(schema: ObjectSchema): readonly string[] {
  if (schema.oneOf !== undefined) return schema.oneOf.map((form) => parameterNames(form).join(", "));
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).map(([name, property]) => {
    const fixed = "const" in property ? `: ${JSON.stringify(property.const)}` : "";
    return `${name}${required.includes(name) ? "" : "?"}${fixed}`;
  });
}
