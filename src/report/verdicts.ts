/** What an exit code says in one word. */
export const VERDICTS = { 0: 'clean', 1: 'drift', 3: 'inconclusive' } as const;
