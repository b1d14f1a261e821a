/** Whether parameters are the form of their request. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Fields } from "./derive.ts";
import type { RequestDefinition } from "./request.ts";

/** The form that `input` fills in. Throws `headend/parameters`, naming each element that is wrong. */
export function checkForm({ reference, form }: RequestDefinition, input: unknown): Fields {
  const checked = form.safeParse(input ?? {});
  if (checked.success) return checked.data as Fields;
  const faults = checked.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
    return `${where}${issue.message}`;
  });
  throw new CodedError(
    "headend/parameters",
    `service request ${reference}: ${faults.join("; ")}. ` +
      "`meterbench list requests` shows what each request takes.",
    { reference, faults },
  );
}
