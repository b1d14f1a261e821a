/** Bytes on the heap after a collection; undefined without `--expose-gc`. */
export function heapNow(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
