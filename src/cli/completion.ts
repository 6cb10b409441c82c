/** As much of a command of `commander` as this needs: one file alone speaks to that package. */
export type Listed = Readonly<{
  name(): string;
  description(): string;
  commands: readonly Listed[];
  options: readonly Readonly<{ long?: string | undefined; description: string; required: boolean }>[];
}>;

/** Words that may follow an option or a command, by its name: the ids of reporters after `--report`. */
export type Words = Readonly<Record<string, readonly string[]>>;

/** A command by its words, with what may follow them. */
type Node = Readonly<{ path: string; commands: readonly Listed[]; options: Listed['options'] }>;

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The shells that completion is written for. */
export const SHELLS = Object.keys(SCRIPTS);

/** A script that completes the program's commands, options and known words in a shell; undefined for a shell that is not known. */
export function completionFor(shell: string, program: Listed, words: Words): string | undefined {
  const script = Object.entries(SCRIPTS).find(([name]) => name === shell)?.[1];
  return script?.(nodesOf(program, ''), words);
}

function nodesOf({ commands, options }: Listed, path: string): readonly Node[] {
  const below = commands.flatMap((command) => nodesOf(command, `${path} ${command.name()}`.trim()));
  return [{ path, commands, options: [...options, { long: '--help', description: 'print how it is used', required: false }] }, ...below];
}

function namesOf({ commands }: Node): readonly string[] {
  return commands.map((command) => command.name());
}

/** The commands that have commands of their own. */
function parentsAmong(nodes: readonly Node[]): string {
  return nodes
    .filter(({ path, commands }) => path !== '' && commands.length > 0)
    .map(({ path }) => path)
    .join('|');
}

function longsOf({ options }: Node): readonly string[] {
  return options.flatMap(({ long }) => long ?? []);
}

function bashScript(nodes: readonly Node[], words: Words): string {
  const steps = nodes.filter(({ path }) => path !== '').map(({ path }) => `'${` ${path}`.replace(/ (?=\S+$)/, '/')}'`);
  const afters = Object.entries(words).map(([after, known]) => `    ${after}) words='${known.join(' ')}' ;;`);
  const cases = nodes.map((node) => `      '${node.path}') words='${[...namesOf(node), ...longsOf(node)].join(' ')}' ;;`);
  return `# selfsame completion bash: put this into your ~/.bashrc, or into a file of bash-completion's folder.
_selfsame() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+ $at}/$word" in
      ${steps.join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$previous" in
${afters.join('\n')}
    *)
      case "$at" in
${cases.join('\n')}
      esac
      if [[ -n $at && ! $at =~ ^(${parentsAmong(nodes)})$ && $current != -* ]]; then words=''; fi
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _selfsame selfsame
`;
}

function zshScript(nodes: readonly Node[], words: Words): string {
  const [root] = nodes;
  const cases = nodes.filter(({ path }) => path !== '').map((node) => zshCase(node, words));
  return `#compdef selfsame
# selfsame completion zsh: source this in your ~/.zshrc, or name it _selfsame in a folder of your $fpath.
_selfsame() {
  local -a commands
  local at=\${words[2]}
  if (( CURRENT == 2 )); then
    commands=(${(root?.commands ?? []).map((command) => quoted(`${command.name()}:${command.description()}`)).join(' ')})
    _describe command commands
    return
  fi
  if [[ $at == (${parentsAmong(nodes)}) ]] && (( CURRENT > 3 )); then at="$at \${words[3]}"; fi
  case $at in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _selfsame ]]; then _selfsame "$@"; else compdef _selfsame selfsame; fi
`;
}

function zshCase(node: Node, words: Words): string {
  const options = node.options.flatMap(({ long, description, required }) =>
    long ? [quoted(`*${long}[${description.replaceAll(/[[\]:]/g, '')}]${required ? `:value:${zshValues(words[long])}` : ''}`)] : [],
  );
  const names = [...namesOf(node), ...(words[node.path] ?? [])];
  const rest = quoted(`*: :${zshValues(names.length > 0 ? names : undefined)}`);
  return `    ${quoted(node.path)}) _arguments ${[...options, rest].join(' ')} ;;`;
}

function zshValues(known: readonly string[] | undefined): string {
  return known ? `(${known.join(' ')})` : '_files';
}

function fishScript(nodes: readonly Node[], words: Words): string {
  const lines = nodes.flatMap((node) => {
    const when = node.path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${node.path.split(' ').at(-1)}`;
    const commands = node.commands.map(
      (command) => `complete -c selfsame -f -n '${when}' -a ${command.name()} -d ${quoted(command.description())}`,
    );
    const known = (words[node.path] ?? []).map((word) => `complete -c selfsame -f -n '${when}' -a ${word}`);
    return [...commands, ...known, ...node.options.flatMap((option) => fishOption(option, when, words))];
  });
  return `# selfsame completion fish: put this into ~/.config/fish/completions/selfsame.fish.\n${lines.join('\n')}\n`;
}

function fishOption({ long, description, required }: Listed['options'][number], when: string, words: Words): readonly string[] {
  if (!long) return [];
  const known = words[long];
  const takes = required ? ` -r${known ? ` -f -a ${quoted(known.join(' '))}` : ' -F'}` : '';
  return [`complete -c selfsame -n '${when}' -l ${long.slice(2)}${takes} -d ${quoted(description)}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
