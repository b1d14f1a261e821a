/** The state of a controller as text: JSON, as the reference messages have it (ECS61e, ECS200). Pure. */
import type { AuxiliaryLevels } from "../../../hal/board.ts";

export interface TextState extends AuxiliaryLevels {
  /** The maker's own. */
  readonly otherData?: string;
}

/** Of a controller that is not there, or of which nothing is known: `{}`. */
export function stateText(state: TextState | undefined): string {
  if (state === undefined) return "{}";
  const { output, input, otherData } = state;
  const other = otherData === undefined ? "" : `, "other-data": ${JSON.stringify(otherData)}`;
  return `{"outputState": ${output}, "inputState": ${input}${other}}`;
}

/** The same, in the form of the alert that tells of a change. */
export const changeText = ({ output, input, otherData = "" }: TextState): string =>
  JSON.stringify({ outputState: String(output), inputState: String(input), "other-data": otherData });

/** Undefined for `{}`. Throws for what {@link stateText} never gives. */
export function readStateText(text: string): TextState | undefined {
  const read = JSON.parse(text) as { outputState?: number; inputState?: number; "other-data"?: string };
  const { outputState, inputState, "other-data": otherData } = read;
  if (outputState === undefined && inputState === undefined) return undefined;
  const levels = { output: Number(outputState ?? 0), input: Number(inputState ?? 0) };
  return otherData === undefined ? levels : { ...levels, otherData };
}
