import { didYouMean } from '../config/did-you-mean.ts';
import { type Known, known, unknown } from '../domain/known.ts';
import type { Observation } from '../domain/observation.ts';
import type { CustomRule } from '../domain/plan.ts';
import { AuditError } from '../error.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import { type AnyRule, defineRule } from '../judge/define-rule.ts';
import type { Compiled } from './cel.ts';
import type { Mistake } from './inspect.ts';
import { NAMES, readExpression } from './read-expression.ts';
import { factFrom, partsOf, pathsIn, plainName, withPlainNames } from './sentence.ts';
import { answerTo } from './subject.ts';

/** Where something of a rule is written, for whoever has to mend it. */
export type PlaceOf = (key: 'when' | 'assert' | 'drift' | 'message' | 'fix') => string;

type Concluded = Readonly<{ is: 'left-out' | 'so' | 'drift'; facts: Readonly<Record<string, string>> }>;

/** Makes a rule of expressions; one that cannot be read, or asks for what there is not, is refused with its place. */
export function defineCustom(written: CustomRule, placeOf: PlaceOf): AnyRule {
  const { id, title, severity, vendors, when, assert, drift, message, fix } = written;
  const read = (key: 'when' | 'assert' | 'drift', text: string): Compiled => {
    const compiled = readExpression(text);
    if ('evaluate' in compiled) return compiled;
    throw refusal(placeOf(key), compiled, text);
  };
  const condition = when === undefined ? undefined : read('when', when);
  const claim = assert === undefined ? read('drift', drift ?? '') : read('assert', assert);
  for (const key of ['message', 'fix'] as const) refuseUnknownFacts(placeOf(key), written[key]);
  const expressions: Expressions = { condition, claim, driftsWhen: assert === undefined, paths: pathsIn(`${message} ${fix}`) };
  return defineRule({
    id,
    title,
    severity,
    ...(vendors ? { vendors } : {}),
    yours: true,
    ...(assert === undefined ? {} : { mustTell: 'let what it asks for be recorded, or leave out by `when` where that is not known' }),
    since: 'yours',
    judges: 'deployed',
    messages: { drift: withPlainNames(message) },
    skips: { when: 'its condition `when` is not so' },
    fix: withPlainNames(fix),
    needs: (row, ledger) => concludeOn(row, ledger, expressions, id),
    check({ concluded }, _, say) {
      if (concluded?.is === 'left-out') return say.skip('when');
      return concluded?.is === 'drift' ? say.drift('drift', concluded.facts) : say.pass();
    },
  });
}

type Expressions = Readonly<{ condition: Compiled | undefined; claim: Compiled; driftsWhen: boolean; paths: readonly string[] }>;

/** The conclusion with everything that was read for it; or what was not known, of which nothing could do without. */
function concludeOn(
  row: Row,
  ledger: Ledger,
  { condition, claim, driftsWhen, paths }: Expressions,
  id: string,
): Readonly<Record<string, Known<Concluded>>> {
  const evidence = new Set<Observation>();
  const read = (name: string) => {
    const answer = answerTo(name, row, ledger);
    if (answer?.known) for (const seen of answer.evidence) evidence.add(seen);
    return answer;
  };
  const isTrue = (expression: Compiled) => {
    const outcome = expression.evaluate(read);
    if ('unknown' in outcome) return outcome;
    if ('value' in outcome && typeof outcome.value === 'boolean') return outcome.value;
    throw new AuditError(
      'RULE_FAILED',
      `${id} on ${row.where}: ${'wrong' in outcome ? outcome.wrong : 'its expression came to no truth'}`,
      {
        hint: `Mend its expression in the configuration, or turn it off until it is mended: rules: { ${id}: "off" }.`,
      },
    );
  };
  const concluded = (is: Concluded['is'], facts: Concluded['facts'] = {}) => ({ concluded: known({ is, facts }, [...evidence]) });
  const applies = condition ? isTrue(condition) : true;
  if (typeof applies === 'object') return toDoubts(applies.unknown);
  if (!applies) return concluded('left-out');
  const claimed = isTrue(claim);
  if (typeof claimed === 'object') return toDoubts(claimed.unknown);
  if (claimed !== driftsWhen) return concluded('so');
  const facts = Object.fromEntries(paths.map((path) => [plainName(path), factFrom(path, read)]));
  return concluded('drift', facts);
}

/** Each is told as `name: why`, as the needs of every rule are. */
function toDoubts(reasons: readonly string[]): Readonly<Record<string, Known<never>>> {
  return Object.fromEntries(
    reasons.map((reason) => {
      const [name = reason, because = reason] = reason.split(': ');
      return [name, unknown(because)];
    }),
  );
}

function refusal(place: string, { says, hint, at }: Mistake, text: string): AuditError {
  const near = at === undefined ? '' : ` (at \`${text.slice(at, at + 24).trim()}\`)`;
  return new AuditError('CONFIG_INVALID', `${place}: ${says}${near}`, {
    hint: hint || 'src/custom/README.md tells what can be asked, and how.',
  });
}

function refuseUnknownFacts(place: string, sentence: string): void {
  for (const path of pathsIn(sentence)) {
    const [name, field] = partsOf(path);
    const shape = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    const fields = shape?.is === 'object' ? Object.keys(shape.fields) : [];
    if (shape && (field === undefined ? shape.is !== 'object' : shape.is === 'map' || fields.includes(field))) continue;
    const names = shape && shape.is === 'object' ? fields.map((one) => `${name}.${one}`) : Object.keys(NAMES);
    throw new AuditError('CONFIG_INVALID', `${place}: there is no fact {${path}}`, {
      hint: `${didYouMean(path, names)} There are: ${names.join(', ')}.`.trim(),
    });
  }
}
