/** Whether a limit can be meant: its attribute must be an element of the request's form. */
import { parameterSchema } from "../request-parameters.ts";
import { references, serviceRequest } from "../requests/index.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Why a limit on `path` of `reference` could never be passed, as "expected …"; undefined when it can. */
export function attributeFault(reference: string, path: string): string | undefined {
  if (!(references as readonly string[]).includes(reference))
    return "a service reference variant with a form";
  let schemas: readonly Schema[] = [parameterSchema(serviceRequest(reference))];
  for (const name of path.split(".")) {
    const inside = schemas.flatMap(formsOf);
    schemas = inside.flatMap((form) => ownOf(form, name));
    if (schemas.length === 0) return `one of ${namesOf(inside) || "no elements"}`;
  }
  const deeper = namesOf(schemas.flatMap(formsOf));
  return deeper === "" ? undefined : `an element with a value: add one of ${deeper}`;
}

/** The schema itself, or its alternatives; of a list, those of its items. */
function formsOf(schema: Schema): readonly Schema[] {
  const { items, anyOf, oneOf } = schema;
  if (items !== undefined) return formsOf(items);
  const alternatives = anyOf ?? oneOf;
  return alternatives === undefined ? [schema] : alternatives.flatMap(formsOf);
}

const ownOf = ({ properties = {} }: Schema, name: string): readonly Schema[] =>
  Object.hasOwn(properties, name) ? [properties[name] as Schema] : [];

const namesOf = (forms: readonly Schema[]): string =>
  [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))].join(", ");
