/** Any request of a variant of DUIS, as its form takes it. */
import type fc from "fast-check";
import { variantsOf } from "../../../harness/headend/dcc/access.ts";
import type { FormRequest } from "../../../harness/headend/dcc/messages.ts";
import { gasAlternatives } from "../../../harness/headend/requests/gas-alternatives.ts";
import { anyRequest } from "../../../harness/headend/requests/index.ts";
import { anyOf } from "./any-form.ts";

export const ask = (reference: string, parameters: object): FormRequest => ({
  originator: "90B3D51F30010000",
  target: "90B3D51F30000002",
  counter: 1000n,
  commandVariant: variantsOf(reference)[0]!,
  reference,
  parameters: parameters as FormRequest["parameters"],
  ...(reference === "8.5" && { heldUntilS: 2e9 }),
});

export const anyRequestOf = (reference: string): fc.Arbitrary<FormRequest> =>
  anyOf(anyRequest(reference)!.form).map((form) => ask(reference, form as object));

export const anyGasRequestOf = (reference: string): fc.Arbitrary<FormRequest> =>
  anyOf(gasAlternatives[reference]!.form).map((form) => ask(reference, form as object));
