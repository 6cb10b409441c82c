import type { Seen } from '../../collect/define-source.ts';

/** A workflow file, or an action that lies in the repository, as a source yields it but for the place where it was read. */
export type WorkflowFact = Omit<Extract<Seen, { kind: 'workflow-file' }>, 'locator' | 'bytes' | 'at'>;
