import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Observation } from 'selfsame';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRecording } from '../../src/recording/read.ts';
import { writeRecording } from '../../src/recording/write.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ESTATE = path.join(ROOT, 'fixtures/estates/rebuilt-on-newer-base');
const PRODUCTION = 'registry.test/payments@sha256:6fe385ac863e8511929a523df841051ac257ba0b2db67aba63c9c0e5480e1fe8';

type Step = Readonly<{ name: string; id?: string; if?: string; uses?: string; run?: string; env?: Readonly<Record<string, string>> }>;
type Action = Readonly<{
  inputs: Readonly<Record<string, { description: string; default: string }>>;
  outputs: Readonly<Record<string, { description: string; value: string }>>;
  runs: Readonly<{ steps: readonly Step[] }>;
}>;
const action: Action = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8'));

/** A program `gh` that keeps what it is asked, and answers as GitHub does: with the id of a comment that is there, or with a refusal. */
const GH = `#!/bin/bash
echo "$*" >> "$GH_LOG"
if [[ -n $GH_REFUSES ]]; then echo 'HTTP 403' >&2; exit 1; fi
for word in "$@"; do if [[ $word == body=@* ]]; then cp "\${word#body=@}" "$GH_LOG.body"; fi; done
if [[ $* == *--jq* ]]; then echo "$GH_COMMENT"; fi
`;

type Given = Readonly<{ inputs?: Readonly<Record<string, string>>; isPullRequest?: boolean; comment?: string; refuses?: boolean }>;

/** Runs the action's own steps, one after the other, as a runner does; all but the installation. */
function run({ inputs = {}, isPullRequest = false, comment = '', refuses = false }: Given) {
  const folder = mkdtempSync(path.join(tmpdir(), 'selfsame-action-'));
  const at = (name: string) => path.join(folder, name);
  for (const name of ['summary', 'output', 'gh.log']) writeFileSync(at(name), '');
  writeFileSync(at('gh'), GH);
  chmodSync(at('gh'), 0o755);
  const defaults = Object.fromEntries(Object.entries(action.inputs).map(([name, one]) => [name, one.default]));
  const given: Record<string, string> = { ...defaults, ...inputs };
  const outputs = () =>
    Object.fromEntries([...readFileSync(at('output'), 'utf8').matchAll(/^([\w-]+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
  const valueOf = (expression: string) => {
    const [first, second = '', , output = ''] = expression.split('.');
    if (first === 'inputs') return given[second] ?? '';
    if (first === 'steps') return String(outputs()[output] ?? '');
    return (
      { 'github.action_path': ROOT, 'github.repository': 'acme/payments', 'github.event.pull_request.number': '41' }[expression] ?? 'x'
    );
  };
  const resolved = (text: string) => text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, expression: string) => valueOf(expression));
  const machine = {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: folder,
    RUNNER_TEMP: folder,
    GITHUB_STEP_SUMMARY: at('summary'),
    GITHUB_OUTPUT: at('output'),
  };
  const gh = { GH_LOG: at('gh.log'), GH_COMMENT: comment, GH_REFUSES: refuses ? 'yes' : '' };
  const due = action.runs.steps.filter(
    ({ name, if: when }) => name !== 'Install selfsame' && (!when || (given.comment === 'true' && isPullRequest)),
  );
  const ended = due.map((step) => {
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, resolved(value)]));
    const argv = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? ''];
    return spawnSync('bash', argv, { cwd: ESTATE, encoding: 'utf8', env: { ...machine, ...gh, ...env } });
  });
  const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');
  return {
    codes: ended.map(({ status }) => status),
    log: ended.map(({ stdout, stderr }) => `${stdout}${stderr}`).join(''),
    outputs: outputs(),
    output: read('output'),
    summary: read('summary'),
    asked: read('gh.log'),
    body: read('gh.log.body'),
  };
}

const HOSTILE = 'api\nexit-code=0\ndrift<<EOF\nfalse\nEOF\n::set-output name=drift::false\n##[add-mask]payments';

/** What somebody may write who names workloads and where records were found. */
function renamed(seen: Observation): Observation {
  const origin = { ...seen.origin, locator: HOSTILE };
  if (seen.kind === 'running-image') return Observation.parse({ ...seen, origin, workload: { ...seen.workload, name: HOSTILE } });
  return Observation.parse({ ...seen, origin });
}

const judged = { command: 'judge', arguments: 'recording', config: 'selfsame.yaml' };

describe('the action', () => {
  it('takes nothing from elsewhere that is not pinned, and puts no value into a script', () => {
    const { steps } = action.runs;

    expect(steps.filter(({ uses }) => uses && !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
    expect(steps.filter(({ run: script }) => script?.includes('${{'))).toEqual([]);
  });

  it('annotates, summarises, and fails the job for drift', () => {
    const { codes, log, outputs, summary } = run({ inputs: judged });

    expect(codes).toEqual([0, 1]);
    expect(log).toContain('::error title=selfsame%3A rebuilt-after-test::');
    expect(summary).toMatch(/^# selfsame\n[^]*rebuilt-after-test/);
    expect(outputs).toMatchObject({ 'exit-code': '1', drift: 'true', inconclusive: 'false' });
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(action.outputs).toSorted());
    expect(JSON.parse(readFileSync(outputs.report ?? '', 'utf8'))).toMatchObject({ schema: 'selfsame/report/v1', exitCode: 1 });
  });

  it.each<[string, (recording: string) => Readonly<Record<string, string>>]>([
    ['judge', (recording) => ({ ...judged, arguments: recording })],
    ['check', (recording) => ({ command: 'check', images: PRODUCTION, to: 'production', against: recording, config: 'selfsame.yaml' })],
  ])('has its five outputs of one line each, whatever names say to %s (O03)', async (_, inputsOf) => {
    const recording = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-action-')), 'night');
    const { observations, ...night } = await readRecording(path.join(ESTATE, 'recording'));
    await writeRecording(recording, { ...night, observations: observations.map(renamed), version: '0.1.0' });

    const { output, log, summary } = run({ inputs: inputsOf(recording) });

    expect(
      output
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/=.*/, '')),
    ).toEqual(['exit-code', 'drift', 'inconclusive', 'report', 'summary']);
    expect(`${log}${summary}`).toContain('exit-code=0');
    expect(log.split('\n').filter((line) => /^\s*::(?:set-output|stop-commands|add-mask)|##\[/.test(line))).toEqual([]);
  });

  it('lets a job pass with an exit code that it accepts, and with no other', () => {
    expect(run({ inputs: { ...judged, accept: '3 1' } }).codes).toEqual([0, 0]);
    expect(run({ inputs: { ...judged, accept: '3' } }).codes).toEqual([0, 1]);
  });

  it('checks an image before a release', () => {
    const { codes, outputs, summary } = run({
      inputs: { command: 'check', arguments: `${PRODUCTION}\n--to\nproduction\n--against\nrecording\n`, config: 'selfsame.yaml' },
    });

    expect(codes).toEqual([0, 1]);
    expect(summary).toMatch(/^# selfsame check\n\n {4}must not go[^]*deploy\s+sha256:9c8a3d020aa6/);
    expect(JSON.parse(readFileSync(outputs.report ?? '', 'utf8'))).toMatchObject({ schema: 'selfsame/check/v1' });
  });

  it('hands every input of its own to the command, and none of them as an option', () => {
    const check = { command: 'check', images: `${PRODUCTION}\n`, against: 'recording\n', config: 'selfsame.yaml' };

    const told = run({ inputs: { ...check, to: 'production', 'no-code': 'true' } });

    expect(told.codes).toEqual([0, 1]);
    expect(told.summary).toMatch(/^# selfsame check\n\n {4}must not go/);
    expect(run({ inputs: { ...check, images: '', manifests: 'none.yaml' } }).log).toContain('none.yaml cannot be read: not-found');
    expect(run({ inputs: { ...check, images: '--help' } }).summary).toContain('There was no audit: exit code 2.');
    expect(run({ inputs: { ...check, to: 'production\n--help' } }).summary).toContain('There was no audit: exit code 2.');
    expect(run({ inputs: { ...check, 'max-age': '1h' } }).summary).toContain('There was no audit: exit code 2.');
  });

  it('judges a part, of a time, and writes what else is asked for', () => {
    const judge = { command: 'judge', recordings: 'recording', config: 'selfsame.yaml' };
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-action-')), 'rows.csv');

    const narrowed = run({ inputs: { ...judge, only: 'production/payments-api\n', report: `csv=${file}`, at: '2026-03-03' } });

    expect(narrowed.codes).toEqual([0, 1]);
    expect(readFileSync(file, 'utf8')).toContain('payments');
    expect(run({ inputs: { ...judge, at: '2020-01-01' } }).summary).toContain('There was no audit: exit code 2.');
    expect(run({ inputs: { ...judge, owner: 'team-nobody' } }).log).toContain('team-nobody');
  });

  it('fails the job for what is new alone, where it is told what was before', () => {
    const before = path.join(mkdtempSync(path.join(tmpdir(), 'selfsame-action-')), 'before.json');
    const report = readFileSync(run({ inputs: judged }).outputs.report ?? '', 'utf8');
    writeFileSync(before, report.replaceAll('2026-03-02T14:05:00Z', '2026-03-01T14:05:00Z'));

    expect(run({ inputs: { ...judged, 'fail-on-new': before } }).codes).toEqual([0, 0]);
    expect(run({ inputs: { ...judged, 'fail-on-new': 'false' } }).codes).toEqual([0, 1]);
    expect(run({ inputs: { ...judged, 'fail-on-new': 'true' } }).log).toContain('there is one recording, and none before it');
  });

  it('passes on no input that the command does not know', () => {
    expect(run({ inputs: { ...judged, to: 'production' } }).log).toContain("unknown option '--to=production'");
    expect(run({ inputs: { ...judged, keep: 'nights' } }).outputs).toMatchObject({ 'exit-code': '2' });
  });

  it('reads each of its inputs in a step, by a name that no other has', () => {
    const read = action.runs.steps.flatMap(({ env = {} }) =>
      Object.values(env).flatMap((value) => value.match(/inputs\.([\w-]+)/)?.[1] ?? []),
    );

    expect(['comment', ...read].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
  });

  it.each([
    ['there is no such command', { command: 'rm -rf', arguments: '' }],
    ['an argument is none', { ...judged, arguments: 'recording\n--nonsense' }],
    ['there is no configuration', { ...judged, config: 'none.yaml' }],
    ['an image is none', { ...judged, command: 'check', arguments: 'Payments\n--against\nrecording' }],
    ['nothing can be collected', { ...judged, command: 'check', arguments: PRODUCTION }],
  ])('fails the job, and says so in the summary, where %s', (_, inputs) => {
    const { codes, summary, outputs } = run({ inputs });

    expect(codes).toEqual([0, 2]);
    expect(summary).toContain('There was no audit: exit code 2.');
    expect(outputs).toMatchObject({ drift: 'false', inconclusive: 'false' });
  });

  it('writes one comment, and later the same one again', () => {
    const first = run({ inputs: { ...judged, comment: 'true', 'comment-key': 'pre release -->' }, isPullRequest: true });
    const again = run({ inputs: { ...judged, comment: 'true' }, isPullRequest: true, comment: '7001\n7002' });

    expect(first.asked).toMatch(/--method POST repos\/acme\/payments\/issues\/41\/comments --field body=@/);
    expect(first.body).toMatch(/^<!-- selfsame: pre-release---- -->\n# selfsame\n/);
    expect(again.asked).toContain('--method PATCH repos/acme/payments/issues/comments/7001 ');
  });

  it('writes no comment where nobody asked for one, or where there is no pull request', () => {
    expect(run({ inputs: judged, isPullRequest: true }).asked).toBe('');
    expect(run({ inputs: { ...judged, comment: 'true' } }).asked).toBe('');
  });

  it('keeps its answer where the comment is refused', () => {
    const { codes, log } = run({ inputs: { ...judged, comment: 'true' }, isPullRequest: true, refuses: true });

    expect(codes).toEqual([0, 0, 1]);
    expect(log).toContain('::warning::selfsame: the comment could not be written');
  });

  it('gives its token to the comment alone', () => {
    const holders = action.runs.steps.filter(({ env = {} }) => Object.values(env).some((value) => value.includes('token')));

    expect(holders.map(({ name }) => name)).toEqual(['Keep one comment at the pull request']);
  });
});
