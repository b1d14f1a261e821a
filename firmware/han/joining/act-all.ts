/** Carries out the actions of a step. */
import { hasCode } from "../../../hal/base/coded-error.ts";

/**
 * Each action in order, though one before it fails: a port that throws must not cost a machine its timer. The first
 * failure is thrown when all have had their turn; lost power at once.
 */
export async function actAll<A>(actions: readonly A[], act: (action: A) => unknown): Promise<void> {
  const failures: unknown[] = [];
  for (const action of actions) {
    try {
      await act(action);
    } catch (error) {
      if (hasCode(error, "hal/power-lost")) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
