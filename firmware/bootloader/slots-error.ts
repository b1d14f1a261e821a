/** What the image slots refuse, with the code that SMP's image group has for it. */
import { CodedError } from "../../hal/base/coded-error.ts";

const imageErrors = {
  "in-use": 9,
  // Zephyr's word for a slot that is not there: its flash area cannot be opened.
  "bad-slot": 10,
  "no-upload": 17,
  "bad-magic": 23,
  "not-bootable": 24,
  older: 27,
  "already-pending": 28,
  "too-large": 30,
  "test-denied": 33,
} as const;

/** `slots/<what>`; an SMP server answers with `imageError`. */
export class SlotsError extends CodedError<`slots/${keyof typeof imageErrors}`> {
  readonly imageError: number;
  constructor(what: keyof typeof imageErrors, message: string, cause?: unknown) {
    super(`slots/${what}`, `image slots: ${message}`, {}, cause);
    this.imageError = imageErrors[what];
  }
}
