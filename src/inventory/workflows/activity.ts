import { PASSED_OVER } from './commands.ts';
import { HARMLESS_COMMANDS, HARMLESS_PROGRAMS } from './harmless.ts';
import { ACTIONS, type Activity, COMMANDS } from './known-tools.ts';
import type { Command, PlacedStep } from './subject.ts';

/** Runners of packages and of scripts named in a package: what they run is what follows. */
const RUNNERS = new Set(['npx', 'pnpx', 'bunx', 'uv', 'uvx', 'poetry', 'pipenv', 'hatch', 'bundle', 'xvfb-run', 'doppler', 'op']);
const TEST_SCRIPT = /^(?:test|e2e|check|smoke|integration)(?:[:.\-_]|$)/;
const JIB = /^(?:[\w.-]+:)*jib$|^jib:build$|^com\.google\.cloud\.tools:jib-maven-plugin/;

/** Whether a step does something, as far as its own words say. */
export function does(activity: Activity, step: PlacedStep): boolean {
  const action = actionOf(step);
  if (action !== undefined) return ACTIONS[activity].includes(action) || (activity === 'push' && pushesByInput(action, step));
  // A test whose failure fails nothing decides nothing.
  if (activity === 'test' && step.isPassedOver) return false;
  return step.commands.some((command) => commandDoes(activity, command) && !(activity === 'test' && command.includes(PASSED_OVER)));
}

/** The action of a step without its version, in lower case as names of repositories are compared. */
export function actionOf({ uses }: Pick<PlacedStep, 'uses'>): string | undefined {
  return uses?.split('@')[0]?.toLowerCase();
}

function pushesByInput(action: string, { with: given }: PlacedStep): boolean {
  if (!ACTIONS.build.includes(action)) return false;
  const { push = '', outputs = '', set = '' } = given;
  return (push !== '' && push !== 'false') || /push=true|type=registry/.test(`${outputs} ${set}`);
}

function commandDoes(activity: Activity, command: Command): boolean {
  const words = runBy(command);
  const [name = ''] = words;
  if (COMMANDS[activity].some((known) => beginsWith(words, known))) return true;
  if (activity === 'test') return isScript(words) && TEST_SCRIPT.test(words.at(words[1] === 'run' ? 2 : 1) ?? '');
  const isJib = /(?:mvnw?|gradlew?)$/.test(name) && words.some((word) => JIB.test(word));
  if (activity === 'build') return isJib;
  return activity === 'push' && (isJib || (commandDoes('build', words) && words.some(isPushOption)));
}

/** What a runner runs: itself left out, and the word `run` where it takes one. */
function runBy(command: Command): Command {
  const [name = '', next] = command;
  if (!RUNNERS.has(name)) return command;
  return runBy(command.slice(next === 'run' || next === 'exec' ? 2 : 1));
}

function isScript([name = '']: Command): boolean {
  return ['npm', 'yarn', 'pnpm', 'bun', 'make', 'just', 'task'].includes(name);
}

function isPushOption(word: string): boolean {
  return word === '--push' || word === '--publish' || /^(?:--output=|-o=)?type=registry|push=true/.test(word);
}

/** Whether the words that say what a command does are these; options, and what they are given, may stand between them. */
function beginsWith(words: Command, known: string): boolean {
  const wanted = known.split(' ');
  let met = 0;
  for (const [at, word] of words.entries()) {
    if (word === wanted[met]) met += 1;
    else if (at === 0 || !(word.startsWith('-') || isGivenTo(words[at - 1]))) return false;
    if (met === wanted.length) return true;
  }
  return false;
}

function isGivenTo(option = ''): boolean {
  return option.startsWith('-') && !option.includes('=');
}

/** Actions that neither build, push, deploy nor test, whoever made them. */
const HARMLESS = [
  /^(?:actions|github|sigstore|codecov|slackapi|anchore|aquasecurity|anthropics|dorny|step-security)\//,
  /^[\w.-]+\/(?:setup|configure|get|install)-[\w.-]+$/,
  /^[\w.-]+\/[\w.-]*(?:login|auth|setup|checkout|cache|scan|lint|slack|notify|label|stale|coverage)[\w.-]*$/,
  /^[\w.-]+\/[\w.-]*(?:changed-files|paths-filter|free-disk-space|scorecard|zizmor|renovate|pr-title|trivy|snyk|sonar|semgrep|hadolint)[\w.-]*$/,
  /^docker\/(?:metadata|scout)-action$/,
  /^(?:softprops\/action-gh-release|googleapis\/release-please-action|release-drafter\/release-drafter|ncipollo\/release-action)$/,
  /^(?:helm|kubernetes-sigs|engineerd|nolar)\/[\w.-]*(?:kind|k3d)[\w.-]*$/,
];
const ACTIVITIES = ['build', 'push', 'deploy', 'test'] as const;
const INTERPRETERS = new Set(['bash', 'sh', 'zsh', 'source', '.', 'node', 'python', 'python3', 'ruby', 'perl', 'pwsh', 'deno', 'tsx']);

/** What follows is the program itself, or names one that is installed. */
const INLINE = new Set(['-c', '-e', '-m', '-p', '-r']);

/** What a step runs that was not read, and might do anything; undefined where its own words are all there is to it. */
export function unreadIn(step: PlacedStep): string | undefined {
  const action = actionOf(step);
  if (action !== undefined) {
    const isKnown = Object.values(ACTIONS).some((known) => known.includes(action)) || HARMLESS.some((form) => form.test(action));
    return isKnown ? undefined : step.uses;
  }
  return step.commands.find(runsAnother)?.slice(0, 3).join(' ');
}

/** What is neither one of the tools that are known here nor harmless may do anything; so may a script that was not read. */
function runsAnother(command: Command): boolean {
  const words = runBy(command.filter((word) => word !== PASSED_OVER));
  const [name = ''] = words;
  if (HARMLESS_PROGRAMS.has(name) || HARMLESS_COMMANDS.some((known) => beginsWith(words, known))) return false;
  // Alone it installs; a word behind it is a script of the package.
  if (name === 'yarn' && words.slice(1).every((word) => word.startsWith('-'))) return false;
  if (INTERPRETERS.has(name)) return words.length > 1 && !words.slice(1).some((word) => INLINE.has(word));
  return !ACTIVITIES.some((activity) => commandDoes(activity, words));
}
