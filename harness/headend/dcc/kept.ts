/** Its state as plain data (structured clone): made again from it, it goes on as it was. */
export interface Kept<T> {
  snapshot(): T;
  restore(kept: T): void;
}
