/** Skips the test under way, and says why where reports look for it: nothing is skipped in silence. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  (context.runnable() as unknown as { reason?: string }).reason = reason;
  return context.skip();
}
