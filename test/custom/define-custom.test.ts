import { scenario, testRule } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { defineCustom } from '../../src/custom/define-custom.ts';
import { CustomRule } from '../../src/domain/plan.ts';
import { openLedger } from '../../src/inventory/ledger.ts';
import { judgeAll } from '../../src/judge/judge.ts';

const API = 'production/payments-api';

function ruleOf(changed: Partial<CustomRule>) {
  const written = {
    id: 'of-ours',
    title: 'It runs',
    severity: 'medium',
    message: '{where} runs {digest}.',
    fix: 'Stop {digest}.',
    ...changed,
  };
  return defineCustom(CustomRule.parse(written), (key) => `selfsame.yaml, line 7: custom.0.${key}`);
}

const built = scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee', builder: 'https://ci.test/builder' });
const running = built.at('14:00').deployed('payments@A', API);
const unread = running.blindTo('build', 'forbidden').blindTo('test', 'forbidden').pushed('payments@B').deployed('payments@B', API);

function verdictOn(given: typeof running, changed: Partial<CustomRule>) {
  const [judged] = judgeAll([ruleOf(changed)], openLedger(given.recordings(), given.plan()), given.plan());
  return judged?.verdict;
}

const outcomeOf = (given: typeof running, drift: string) => verdictOn(given, { drift })?.outcome;

testRule(
  ruleOf({
    id: 'built-elsewhere',
    when: 'image.endsWith("payments")',
    drift: 'build.repository != "acme/payments" || build.builder.matches("^https://laptop")',
    message: '{where} runs {digest}, built from {build.repository}.',
  }),
  {
    passes: { 'our repository built it': running },
    reports: {
      'a fork built it': {
        given: scenario()
          .at('09:00')
          .built('payments@A', { run: '41', commit: 'c0ffee', repository: 'ada/payments' })
          .deployed('payments@A', API),
        finds: [{ where: API, says: 'drift', with: { digest: 'payments@A', build_repository: 'ada/payments' } }],
      },
    },
    cannotTell: {
      'builds may not be listed': { given: unread, because: 'build: builds-not-covered' },
      'no record says who built it': {
        given: scenario().at('09:00').built('payments@A', { run: '41', commit: 'c0ffee' }).deployed('payments@A', API),
        because: 'builder: not-recorded',
      },
    },
    skips: {
      'it is another image': {
        given: scenario().at('09:00').built('cart@C', { run: '42', commit: 'decade' }).deployed('cart@C', 'production/cart'),
        because: 'when',
      },
    },
  },
  { describe, it },
);

describe('what is not known', () => {
  it.each([
    ['build.trust == "recorded"', 'unknown'],
    ['build.trust == "recorded" || true', 'drift'],
    ['true || build.trust == "recorded"', 'drift'],
    ['build.trust == "recorded" && false', 'pass'],
    ['false && build.trust == "recorded"', 'pass'],
    ['build.trust == "recorded" || false', 'unknown'],
    ['build.trust == "recorded" && true', 'unknown'],
    ['!(build.trust == "recorded")', 'unknown'],
    ['has(build.builder)', 'unknown'],
    ['!has(build.builder)', 'unknown'],
    ['build.time < now ? true : false', 'unknown'],
    ['[build.commit].size() == 1', 'unknown'],
    ['build.commit in ["c0ffee"]', 'unknown'],
    ['string(build.time).contains("20") || build.attempt > 1', 'unknown'],
    ['["a", build.commit].exists(c, c == "a")', 'unknown'],
    ['["a", "b"].exists(c, c == build.commit)', 'unknown'],
    ['["a", "b"].exists(c, c == "b" || c == build.commit)', 'drift'],
    ['["a", "b"].all(c, c == build.commit)', 'unknown'],
    ['["a", "b"].all(c, c == "a" && c == build.commit)', 'pass'],
    ['["a", "b"].filter(c, c == build.commit).size() > 0', 'unknown'],
    ['["a", "b"].map(c, build.commit).size() > 0', 'unknown'],
    ['["a", "b"].exists_one(c, c == build.commit)', 'unknown'],
  ])('%s comes to %s', (drift, outcome) => {
    expect(outcomeOf(unread, drift)).toBe(outcome);
  });

  it('is told with every name that was missing, and why', () => {
    const verdict = verdictOn(unread, { drift: 'build.trust == "recorded" || tests.size() > 1' });

    expect(verdict).toEqual({ outcome: 'unknown', because: ['build: builds-not-covered', 'tests: tests-not-covered'] });
  });

  it('is so of a condition too', () => {
    expect(verdictOn(unread, { when: 'build.attempt == 1', drift: 'true' })?.outcome).toBe('unknown');
  });

  it('is so of a label that the image does not have, and whether it has one is known', () => {
    expect(outcomeOf(running, 'labels["team"] == "payments"')).toBe('unknown');
    expect(outcomeOf(running, 'labels.team == "payments"')).toBe('unknown');
    expect(outcomeOf(running, '"team" in labels || has(labels.team)')).toBe('pass');
  });

  it('is so of tests that were not all listed, though some are', () => {
    const some = running.tested('payments@A', { gate: 'e2e' });
    const passed = 'tests.exists(t, t.gate == "e2e" && t.result == "passed")';

    expect([outcomeOf(some, passed), outcomeOf(some.blindTo('test', 'forbidden'), passed)]).toEqual(['drift', 'unknown']);
  });
});

describe('a finding of an expression', () => {
  it('cites what was read, and nothing that was not', () => {
    const given = built.tested('payments@A', { gate: 'e2e' }).at('14:00').deployed('payments@A', API);
    const kindsOf = (drift: string) => {
      const verdict = verdictOn(given, { drift, message: '{where}.', fix: 'Stop it.' });
      return verdict?.outcome === 'drift' ? [...new Set(verdict.evidence.map(({ kind }) => kind))].toSorted() : [];
    };

    expect(kindsOf('environment == "production"')).toEqual(['running-image']);
    expect(kindsOf('build.attempt == 1')).toEqual(['build', 'running-image']);
    expect(kindsOf('true || tests.size() == 9')).toEqual(['running-image']);
    expect(kindsOf('tests.size() == 1')).toEqual(expect.arrayContaining(['coverage', 'running-image', 'test']));
  });

  it('is made where a fact of its sentence is not known', () => {
    const verdict = verdictOn(unread, { drift: 'environment == "production"', message: '{where}: {build.builder}, {tags}, {instances}.' });

    expect(verdict).toMatchObject({ outcome: 'drift', facts: { build_builder: 'not known', tags: 'none', instances: '1' } });
  });

  it('tells a label by its key, whatever that is made of', () => {
    const verdict = verdictOn(running, {
      drift: 'last',
      message: '{where} is of {labels.org.opencontainers.image.revision} and {labels.app.kubernetes.io/part-of}',
    });

    expect(verdict).toMatchObject({
      facts: { labels_org_opencontainers_image_revision: 'c0ffee', labels_app_kubernetes_io_part_of: 'not known' },
    });
  });

  it('is that an assertion is not so', () => {
    expect(verdictOn(running, { assert: 'environment == "production"' })?.outcome).toBe('pass');
    expect(verdictOn(running, { assert: 'environment == "staging"' })?.outcome).toBe('drift');
  });

  it('is of what vendors built only where it is asked for', () => {
    const proxy = scenario().pushed('library/nginx@N').deployed('library/nginx@N', 'production/proxy');

    expect(verdictOn(proxy, { drift: 'true' })?.outcome).toBe('not-applicable');
    expect(verdictOn(proxy, { drift: 'origin == "not-ours"', vendors: true })?.outcome).toBe('drift');
  });
});

it('an expression that fails on a row ends the audit, with the rule and the row', () => {
  const dividing = () => verdictOn(running, { drift: 'environment == "production" && 1 / (instances - 1) > 1' });

  expect(dividing).toThrow(
    expect.objectContaining({
      code: 'RULE_FAILED',
      exitCode: 4,
      message: expect.stringMatching(/of-ours on production\/.*payments-api.*zero/),
    }),
  );
});

describe('a rule of expressions is refused with its place', () => {
  it.each<[string, Partial<CustomRule>, string, string]>([
    ['asks for what there is not', { drift: 'bild.time < now' }, 'line 7: custom.0.drift: there is no "bild"', 'Did you mean "build"?'],
    ['asks a field that there is not', { drift: 'build.tme < now' }, 'an object has no field "tme"', 'Did you mean "time"?'],
    ['asks a field of a text', { drift: 'image.tag == "1"' }, 'a text has no field "tag"', ''],
    ['asks in a condition', { when: 'lats', drift: 'true' }, 'custom.0.when: there is no "lats"', 'Did you mean "last"?'],
    ['asks what a short-cut hides', { drift: 'true || bild.time < now' }, 'there is no "bild"', ''],
    ['asks an item', { drift: 'tests.exists(t, t.gat == "e2e")' }, 'no field "gat"', 'Did you mean "gate"?'],
    ['asks what a filter left', { drift: 'tests.filter(t, true)[0].gat == "e2e"' }, 'no field "gat"', ''],
    ['misspells a word', { drift: 'standing.is == "selfsme"' }, 'it is never "selfsme"', 'Did you mean "selfsame"?'],
    ['misspells a word of a list', { drift: '!(origin in ["foriegn"])' }, 'it is never "foriegn"', 'Did you mean "foreign"?'],
    ['misspells a macro', { drift: 'tests.exist(t, t.gate == "e2e")' }, 'there is no function "exist"', 'Did you mean "exists"?'],
    ['compares what can never be equal', { drift: 'age.atLeastHours == "5"' }, 'a number is compared with a text', ''],
    ['compares a time with a text', { drift: 'build.time < "2026-01-01"' }, 'a time is compared with a text', ''],
    ['joins what is no truth', { drift: 'last && image' }, 'a text stands where true or false must', ''],
    ['comes to no truth', { drift: 'tags' }, 'it comes to a list', ''],
    ['goes through a text', { drift: 'image.exists(c, c == "a")' }, 'a text cannot be gone through', ''],
    ['asks a list what only texts can', { drift: 'tags.startsWith("1")' }, '"startsWith" is of a text, and this is a list', ''],
    ['has a pattern that is none', { drift: 'last || image.matches("(")' }, '"(" cannot be read by "matches"', ''],
    ['has a pattern that looks around', { drift: 'image.matches("a(?=b)")' }, 'cannot be read by "matches"', ''],
    ['has a time that is none', { drift: 'build.time < timestamp("soon")' }, '"soon" cannot be read by "timestamp"', ''],
    ['takes the first of what may be empty', { drift: 'tests[0].gate == "e2e"' }, 'index 0 out of bounds', 'tests.size() > 0'],
    ['is no expression', { drift: 'last last' }, 'found', 'CEL'],
    ['makes a message of a protocol', { drift: 'google.protobuf.Any{} == last' }, 'this cannot be said of a row', ''],
    [
      'tells a fact that there is not',
      { drift: 'last', message: '{wher} runs' },
      'custom.0.message: there is no fact {wher}',
      'Did you mean "where"?',
    ],
    [
      'tells a field that there is not',
      { drift: 'last', fix: 'Ask {build.buildr}' },
      'custom.0.fix: there is no fact {build.buildr}',
      '"build.builder"',
    ],
    [
      'tells a field of a field',
      { drift: 'last', message: '{build.source.commit}' },
      'there is no fact {build.source.commit}',
      'build.commit',
    ],
    ['tells a whole object', { drift: 'last', message: '{build}' }, 'there is no fact {build}', 'build.builder'],
    ['is long', { drift: `image == "${'a'.repeat(1000)}"` }, 'characters, and 1000 are the most', 'selfsame new rule'],
    ['has many parts', { drift: Array(160).fill('last').join('||') }, 'parts, and 300 are the most', ''],
    ['is nested deeply', { drift: `${'('.repeat(400)}last${')'.repeat(401)}` }, 'custom.0.drift', ''],
    ['goes through lists again and again', { drift: Array(4).fill('tags.all(t, true)').join('&&') }, 'goes through lists 4 times', ''],
    ['goes through a list within a list', { drift: 'tags.all(t, tags.all(u, u == t))' }, 'a list within a list', ''],
    ['lets a text double', { drift: '[image].map(t, t + t).size() > 0' }, 'nothing can be added up', ''],
  ])('where it %s', (_, changed, says, hint) => {
    const defining = () => ruleOf(changed);

    expect(defining).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(says), hint: expect.stringContaining(hint) }),
    );
  });
});

describe('an expression cannot run for long', () => {
  it('whatever pattern it holds against whatever text: another engine would take longer than anybody lives', () => {
    const begun = performance.now();

    const outcome = outcomeOf(running, `"${'a'.repeat(600)}!".matches("^(a+)+$") || "${'a'.repeat(200)}!".matches("(a|aa)+$")`);

    expect(outcome).toBe('pass');
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('over the longest lists that it is shown, and longer ones are not known', () => {
    const tested = (count: number) =>
      Array.from({ length: count }).reduce<typeof running>((given, _, at) => given.tested('payments@A', { gate: `gate-${at}` }), running);
    const dear = Array(3).fill('tests.filter(t, t.gate.matches("^(.*)*x$") || t.time < build.time).size() > 5').join(' || ');
    const begun = performance.now();

    const outcomes = [tested(1000), tested(1001)].map((given) => outcomeOf(given, dear));

    expect(outcomes).toEqual(['pass', 'unknown']);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
