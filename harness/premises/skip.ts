/** Skips the test under way, and says why where reports look for it: nothing is skipped in silence. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  (context.runnable() as unknown as { reason?: string }).reason = reason;
  return context.skip();
}

/** The same where the test is about another target or wire: then it counts as one that does not apply. */
export function skipElsewhere(context: Mocha.Context, reason: string): never {
  (context.runnable() as unknown as { applies?: false }).applies = false;
  return skipBecause(context, reason);
}
