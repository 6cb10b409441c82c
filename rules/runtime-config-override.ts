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
    const tell = differs === 'command' ? tellCommand : tellArguments;
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', upstream };
    return say.drift(differs, { ...facts, starts: tell(here), rehearsed: tell(there) });
  },
});

type Starts = Readonly<{ command: readonly string[]; args: readonly string[] }>;

function tellCommand({ command, args }: Starts): string {
  if (command.length > 0) return `\`${tellWords([...command, ...args])}\``;
  return args.length > 0 ? `the image’s own entrypoint with \`${tellWords(args)}\`` : 'what the image says';
}

function tellArguments({ command, args }: Starts): string {
  if (args.length > 0) return `\`${tellWords(args)}\` for arguments`;
  return command.length > 0 ? 'no arguments but those in its command' : 'the arguments that the image says';
}

const MOST_CHARACTERS = 160;

/** As a shell would read them; what was redacted while reading stays redacted. */
function tellWords(words: readonly string[]): string {
  const told = words.map((word) => (/^[\w./:=@%+,#-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  return told.length > MOST_CHARACTERS ? `${told.slice(0, MOST_CHARACTERS)}…` : told;
}
