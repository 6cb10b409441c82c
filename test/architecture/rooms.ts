/** One folder of the house, or one file that is a room of its own. */
export type Room = Readonly<{
  /** What stands before the rest of a path that lies in it. */
  at: string;
  /** What it is for, in one sentence. */
  is: string;
  mayImport: readonly string[];
  /** What it promises beside its imports: `pure` is held by the tests for purity, `edge` reaches the world only through its `Edge`. */
  manner: 'pure' | 'edge' | 'free';
}>;

/** The rooms, in the order of the straight line. A room may always import itself, unless it is a registry. */
export const ROOMS: Readonly<Record<string, Room>> = {
  domain: {
    at: 'src/domain/',
    is: 'Nouns: a schema and a type of the same name; parsed and printed here.',
    mayImport: ['error'],
    manner: 'pure',
  },
  error: { at: 'src/error.ts', is: 'The one error, and the table of its codes.', mayImport: ['domain'], manner: 'pure' },
  attestation: {
    at: 'src/attestation/',
    is: 'Reads what statements say of artifacts, and verifies who says it against the roots it is given.',
    mayImport: ['domain', 'error'],
    manner: 'pure',
  },
  config: {
    at: 'src/config/',
    is: 'Reads `selfsame.yaml` and says what is wrong with it, and where.',
    mayImport: ['domain', 'error'],
    manner: 'free',
  },
  recording: { at: 'src/recording/', is: 'Writes, seals and checks a recording.', mayImport: ['domain', 'error'], manner: 'free' },
  collect: {
    at: 'src/collect/',
    is: 'Runs the sources, dates and names what they see, and turns what they throw into gaps.',
    mayImport: ['domain', 'error'],
    manner: 'edge',
  },
  clients: {
    at: 'src/clients/',
    is: 'Speaks to one vendor or protocol each; no other file does.',
    mayImport: ['domain', 'attestation', 'collect', 'error'],
    manner: 'edge',
  },
  sources: {
    at: 'src/sources/',
    is: 'Registry: says what one place saw, as observations, coverage and gaps.',
    mayImport: ['domain', 'attestation', 'collect', 'clients', 'error'],
    manner: 'edge',
  },
  inventory: {
    at: 'src/inventory/',
    is: 'What is known: answers of the ledger, each with its evidence or why it cannot tell.',
    mayImport: ['domain', 'error'],
    manner: 'pure',
  },
  judge: { at: 'src/judge/', is: 'Puts every row to every rule.', mayImport: ['domain', 'inventory', 'error'], manner: 'pure' },
  rules: { at: 'rules/', is: 'Registry: the law, one rule a file.', mayImport: ['selfsame'], manner: 'pure' },
  custom: {
    at: 'src/custom/',
    is: 'Makes rules of the expressions in `selfsame.yaml`; loaded only where there are some.',
    mayImport: ['domain', 'inventory', 'judge', 'did-you-mean', 'error'],
    manner: 'pure',
  },
  report: {
    at: 'src/report/',
    is: 'Makes the report of the verdicts: sentences, coverage, exit code.',
    mayImport: ['domain', 'inventory', 'judge', 'error'],
    manner: 'pure',
  },
  reporters: { at: 'src/reporters/', is: 'Registry: a report as text, in one format each.', mayImport: ['selfsame'], manner: 'pure' },
  explain: {
    at: 'src/explain/',
    is: 'Retells one row, two artifacts or a period from the evidence, and foretells a deployment.',
    mayImport: ['domain', 'inventory', 'judge', 'report', 'audit', 'error'],
    manner: 'pure',
  },
  audit: {
    at: 'src/audit.ts',
    is: 'The straight line: recordings and a plan in, a report out.',
    mayImport: ['domain', 'inventory', 'judge', 'report', 'error'],
    manner: 'pure',
  },
  registry: {
    at: 'src/registry.ts',
    is: 'Finds the members of a registry by the names of their files, and loads one by its id.',
    mayImport: ['define-source', 'define-rule', 'define-reporter', 'did-you-mean', 'error'],
    manner: 'free',
  },
  'rules-from': {
    at: 'src/rules-from/',
    is: 'Loads rules of somebody’s own, refuses what is none, and says which code that was.',
    mayImport: ['domain', 'config', 'define-rule', 'registry', 'error'],
    manner: 'free',
  },
  testing: {
    at: 'src/testing/',
    is: 'What a rule is tested with: timelines, cases, laws. Published as `selfsame/testing`.',
    mayImport: ['domain', 'clients', 'inventory', 'judge', 'report', 'error'],
    manner: 'free',
  },
  index: {
    at: 'src/index.ts',
    is: 'What the package exports, and nothing else.',
    mayImport: ['domain', 'collect', 'inventory', 'judge', 'report', 'audit', 'error'],
    manner: 'free',
  },
  cli: {
    at: 'src/cli/',
    is: 'The command line, and the real world as an `Edge`: clock, environment, terminal.',
    mayImport: ['everything'],
    manner: 'free',
  },
  bin: { at: 'bin/', is: 'Starts the command line and sets the exit code.', mayImport: ['cli'], manner: 'free' },
};

/** The one file of a room that may be imported where the room may not. */
export const DOORS: Readonly<Record<string, string>> = {
  'src/collect/define-source.ts': 'define-source',
  'src/judge/define-rule.ts': 'define-rule',
  'src/report/define-reporter.ts': 'define-reporter',
  'src/config/did-you-mean.ts': 'did-you-mean',
};

/** The name of the room that a file lies in; a file in no room has none. */
export function roomOf(file: string): string | undefined {
  return Object.entries(ROOMS).find(([, room]) => file.startsWith(room.at))?.[0];
}
