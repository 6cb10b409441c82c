import { defineRule } from 'selfsame';

export default defineRule({
  id: 'runtime-config-override',
  title: 'The pod’s spec starts what was rehearsed in another way than where it was rehearsed',
  severity: 'low',
  severities: { args: 'info' },
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    command: '{where} runs {running} and starts it by {starts}; {upstream}, where it was rehearsed, starts it by {rehearsed}.',
    args: '{where} runs {running} with {starts}; {upstream}, where it was rehearsed, starts the same with {rehearsed}.',
  },
  skips: {
    vendor: 'built outside this audit',
    otherStanding: 'what it runs was not rehearsed: see the rule of its standing',
    injected: 'it was injected, and its words are of the workload it was injected into',
    notAProcess: 'nothing of it is started: it is mounted as a volume',
    notUpstream: 'its counterpart upstream was not seen running it, so that there is nothing to compare',
  },
  fix: 'Give {where} the `command` and `args` of {upstream} in the base that both share, and put what has to differ between environments into `env:` or a ConfigMap. If another way to start it is meant, rehearse it: give it to {upstream} too.',

  needs: (row, ledger) => ({ standing: ledger.standingOf(row), started: ledger.startedOf(row) }),

  check({ standing, started }, row, say) {
    if (standing.is === 'vendor') return say.skip('vendor');
    if (standing.is !== 'selfsame' && standing.is !== 'equivalent') return say.skip('otherStanding');
    if (started === 'same') return say.pass();
    if (started === 'injected') return say.skip('injected');
    if (started === 'not-a-process') return say.skip('notAProcess');
    if (started === 'not-upstream') return say.skip('notUpstream');

    const { differs, upstream, here, there } = started;
    const running = row.artifact?.digest ?? 'not known';
    const told = differs === 'command' ? tellCommands(here, there) : tellArguments(here, there);
    return say.drift(differs, { where: row.where, running, upstream, ...told });
  },
});

type Starts = Readonly<{ command: readonly string[]; args: readonly string[] }>;
type Told = Readonly<{ starts: string; rehearsed: string }>;

function tellCommands(here: Starts, there: Starts): Told {
  const tell = ({ command, args }: Starts, words: string) => {
    if (command.length > 0) return words;
    return args.length > 0 ? `the image’s own entrypoint with ${words}` : 'what the image says';
  };
  const [mine, theirs] = tellWords([...here.command, ...here.args], [...there.command, ...there.args]);
  return { starts: tell(here, mine), rehearsed: tell(there, theirs) };
}

function tellArguments(here: Starts, there: Starts): Told {
  const tell = ({ command, args }: Starts, words: string) => {
    if (args.length > 0) return `${words} for arguments`;
    return command.length > 0 ? 'no arguments but those in its command' : 'the arguments that the image says';
  };
  const [mine, theirs] = tellWords(here.args, there.args);
  return { starts: tell(here, mine), rehearsed: tell(there, theirs) };
}

const MOST_CHARACTERS = 160;
const BEFORE = 40;

/** As a shell would read them, and of scripts what stands where they begin to differ; what was redacted while reading stays redacted. */
function tellWords(here: readonly string[], there: readonly string[]): readonly [string, string] {
  const [mine, theirs] = [typed(here), typed(there)];
  let from = 0;
  while (from < mine.length && mine[from] === theirs[from]) from += 1;
  return [excerpt(mine, from), excerpt(theirs, from)];
}

function typed(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,#-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

function excerpt(text: string, from: number): string {
  const start = text.length > MOST_CHARACTERS ? Math.max(0, from - BEFORE) : 0;
  const end = start + MOST_CHARACTERS;
  return `\`${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}\``;
}
