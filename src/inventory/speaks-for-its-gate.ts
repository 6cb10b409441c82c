import type { TestRecord } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';

/**
 * Whether a record says something of the gate that it names. A gate that is somebody's policy is passed where he verified it, and not where
 * whoever may speak of tests, or writes records, gives a test its name (SEMANTICS 15); that it failed may be said by anybody.
 */
export function speaksForItsGate({ gate, result, verifier, trust }: TestRecord, { policies = [] }: Pick<Plan, 'policies'>): boolean {
  return result === 'failed' || !policies.includes(gate) || (verifier !== undefined && trust === 'verified');
}
