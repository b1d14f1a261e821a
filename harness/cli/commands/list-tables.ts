/** What `meterbench list` says of the message set: its requests, use cases and objects, as the tables have them. */
import {
  type MessageRow,
  messages,
  objects,
  type RequestRow,
  requests,
  useCases,
} from "../../../firmware/model/index.ts";
import { toHex } from "../../../hal/base/hex.ts";
import { parameterNames, parameterSchema } from "../../headend/request-parameters.ts";
import { anyRequest, references, serviceRequest, serviceRequests } from "../../headend/requests/index.ts";
import { allModelled } from "../../rig/under-test/modelled.ts";

type Cell = string | number | boolean | null | readonly string[];
export type Row = Record<string, Cell>;
export type FullRow = Readonly<Record<string, unknown>>;

const known = (reference: string): boolean => Object.hasOwn(serviceRequests, reference);
const schemaOf = (reference: string): object | null => {
  const definition = anyRequest(reference);
  return definition === undefined ? null : parameterSchema(definition);
};

/** Every variant of DUIS, and what the DCC itself asks for without a number; `known` ones become commands here. */
export function requestRows(): FullRow[] {
  const numbers = [...new Set([...Object.keys(requests), ...references])].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  return numbers.map((reference) => {
    const row = (requests as Readonly<Record<string, RequestRow>>)[reference];
    const own = anyRequest(reference);
    return {
      reference,
      title: own?.title,
      critical: own?.critical,
      useCases: own?.useCases,
      userRoles: [],
      ...row,
      element: own?.element ?? null,
      known: known(reference),
      roles: own?.roles ?? null,
      devices: own?.devices ?? null,
      parameters: schemaOf(reference),
    };
  });
}

/** Every message of the set; `modelled` ones are answered by a device here. */
export async function useCaseRows(): Promise<FullRow[]> {
  const modelled = new Set((await allModelled()).map(({ id }) => id));
  return useCases.map((useCase) => {
    const row: MessageRow = messages[useCase.id];
    const { code, grants, alert } = row;
    const reference = serving(useCase.id) ?? row.requests[0] ?? null;
    const served = modelled.has(useCase.id);
    return {
      id: useCase.id,
      ...row,
      code: code.toString(16).padStart(4, "0").toUpperCase(),
      serviceReference: reference,
      modelled: served,
      protection: [
        ...new Set([...grants.map(({ protection }) => protection), ...(alert ? [alert.protection] : [])]),
      ],
      roles: [...new Set(grants.map(({ role }) => role))],
      does: useCase.steps.map(({ kind, path, constant, times, carries, gives }) => {
        const fixed = constant === undefined ? {} : { constant };
        return { kind, path, ...fixed, times, carries, gives };
      }),
      parameters: served && reference !== null ? schemaOf(reference) : null,
    };
  });
}

/** The request that becomes this use case, DUIS's own before others. */
const serving = (id: string): string | undefined =>
  references.find((reference) => serviceRequest(reference).useCases.some((own) => own === id));

export const objectRows = (): FullRow[] => Object.values(objects).map((object) => ({ ...object }));

const text = (value: unknown): Cell =>
  Array.isArray(value) ? value.map(String) : ((value ?? "") as string | number | boolean);
const picked = (row: FullRow, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, text(row[name])]));
const formOf = ({ parameters }: FullRow): string =>
  parameters === null ? "" : parameterNames(parameters as object).join("; ");

/** What a person reads of the rows. */
export const shortRows = {
  requests: (row: FullRow): Row => ({
    ...picked(row, ["reference", "title", "critical", "userRoles", "useCases"]),
    parameters: formOf(row),
  }),
  usecases: (row: FullRow): Row => ({
    ...picked(row, ["id", "code", "serviceReference", "devices", "protection", "modelled", "title", "roles"]),
    parameters: formOf(row),
  }),
  objects: (row: FullRow): Row => ({
    ...picked(row, ["id", "name", "kind", "classId", "obis"]),
    members: Object.keys({ ...(row.attributes as object), ...(row.methods as object) }),
  }),
} as const;

/** Octets as hex, and numbers beyond 53 bits as text: JSON has neither. */
export const asJson = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? toHex(value) : value;
