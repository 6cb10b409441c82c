import { z } from 'zod';
import { type Known, known, unknown } from '../domain/known.ts';
import { StandingReason, StandingWord } from '../domain/standing.ts';
import { Confidence, Tier, Trust } from '../domain/trust.ts';
import type { Ledger } from '../inventory/ledger.ts';
import type { Row } from '../inventory/row.ts';
import type { Value } from './expression.ts';

const text = (says: string) => z.string().describe(says);
const time = (says: string) => z.iso.datetime().describe(says);
const count = (says: string) => z.int().describe(says);

/** What an expression may ask of a row; a name that is not always known makes what asks for it unknown. */
export const Subject = z.object({
  where: text('The whole place: environment/cluster/namespace/Kind/name/container'),
  environment: text('The environment that it runs in'),
  last: z.boolean().describe('Whether that is the end of the promotion path'),
  published: z.boolean().describe('Whether only a channel of a registry names it, and nobody saw it run'),
  instances: count('How many instances run'),
  image: text('The image line, registry/repository, after mirrors'),
  tags: z.array(z.string()).describe('The tags that it is declared by'),
  pinned: z.boolean().describe('Whether every instance is declared by digest'),
  now: time('When the newest recording ended'),
  workload: z
    .object({ cluster: z.string(), namespace: z.string(), kind: z.string(), name: z.string(), container: z.string() })
    .describe('What runs it; not known of what a channel publishes'),
  digest: text('The digest that runs'),
  platform: text('The platform that it runs on'),
  standing: z
    .object({ is: StandingWord, reason: StandingReason, tier: Tier.optional(), confidence: Confidence })
    .describe('How it stands towards what was rehearsed; not known where it is unresolved'),
  origin: z
    .enum(['recorded', 'foreign', 'not-ours'])
    .describe('Whether a record names its build, or every build was listed and none made it, or it is a vendor’s'),
  build: z
    .object({
      time: z.iso.datetime(),
      trust: Trust,
      builder: z.string().optional(),
      repository: z.string().optional(),
      commit: z.string().optional(),
      platform: z.string().optional(),
      run: z.string().optional(),
      attempt: z.int().optional(),
    })
    .describe('The record of its build; not known where there is none'),
  tests: z
    .array(z.object({ gate: z.string(), result: z.enum(['passed', 'warned', 'failed']), time: z.iso.datetime(), trust: Trust }))
    .describe('Every test that names it; not known where they were not all listed'),
  base: z
    .object({ name: z.string(), digest: z.string().optional(), confidence: Confidence })
    .describe('The base image that is named and that its layers bear out'),
  age: z
    .object({ atLeastHours: z.int(), atMostHours: z.int() })
    .describe('How old it is, by whoever says the latest time and the earliest'),
  labels: z.record(z.string(), z.string()).describe('The labels of the image'),
});
export type Subject = z.infer<typeof Subject>;

type Reader = (row: Row, ledger: Ledger) => Known<Value>;

const READERS: Readonly<Record<keyof Subject, Reader>> = {
  where: ({ where }) => known(where),
  environment: ({ environment }) => known(environment),
  last: ({ last }) => known(last),
  published: ({ published }) => known(published),
  instances: ({ instances }) => known(instances),
  image: ({ line }) => known(line),
  tags: ({ running }) => known([...new Set(running.flatMap(({ declared }) => declared.spec.tag ?? []))].toSorted()),
  pinned: ({ running }) => known(running.every(({ declared }) => declared.spec.digest !== undefined)),
  now: (_, { effectiveAt }) => known(new Date(effectiveAt)),
  workload: (row, ledger) =>
    mapped(ledger.workloadOf(row), ({ cluster, namespace, kind, name }) => ({ cluster, namespace, kind, name, container: row.container })),
  digest: ({ artifact, missing }) => (artifact ? known(artifact.digest) : unknown(missing ?? 'no-digest')),
  platform: ({ artifact }) => (artifact?.platform === undefined ? unknown('platform-unknown') : known(artifact.platform)),
  standing: (row, ledger) => mapped(ledger.standingOf(row), ({ is, reason, tier, confidence }) => ({ is, reason, tier, confidence })),
  origin: (row, ledger) => mapped(ledger.originOf(row), (origin) => (typeof origin === 'string' ? origin : 'recorded')),
  build: (row, ledger) => {
    const origin = ledger.originOf(row);
    if (origin.known && typeof origin.value === 'string') return unknown(origin.value === 'foreign' ? 'no-build-made-it' : 'third-party');
    return mapped(origin, (build) => (typeof build === 'string' ? build : buildOf(build)));
  },
  tests: (row, ledger) =>
    mapped(ledger.testsOf(row), (tests) => tests.map(({ gate, result, at, trust }) => ({ gate, result, time: new Date(at), trust }))),
  base: (row, ledger) => mapped(ledger.baseOf(row), ({ name, digest, confidence }) => ({ name, digest, confidence })),
  age: (row, ledger) => mapped(ledger.hoursOf(row), ({ atLeast, atMost }) => ({ atLeastHours: atLeast, atMostHours: atMost })),
  labels: (row, ledger) => ledger.labelsOf(row),
};

type Build = Exclude<Extract<ReturnType<Ledger['originOf']>, { known: true }>['value'], string>;

function buildOf({ at, trust, builder, source, run }: Build): Value {
  const { platform, id, attempt } = run ?? {};
  return { time: new Date(at), trust, builder, repository: source?.repository, commit: source?.commit, platform, run: id, attempt };
}

function mapped<T>(answer: Known<T>, toValue: (value: T) => Value): Known<Value> {
  return answer.known ? known(toValue(answer.value), answer.evidence) : answer;
}

/** More than this of one list no expression is shown: it would be asked of each. */
const LONGEST = 1000;

/** What a row answers to a name; undefined where there is no such name, and not known where the answer is too long to be gone through. */
export function answerTo(name: string, row: Row, ledger: Ledger): Known<Value> | undefined {
  if (!isName(name)) return undefined;
  const answer = READERS[name](row, ledger);
  if (!answer.known) return unknown(`${name}: ${answer.because}`);
  const { value } = answer;
  const size = typeof value === 'object' && !(value instanceof Date) ? Object.keys(value).length : 0;
  return size > LONGEST ? unknown(`${name}: more-than-${LONGEST}`) : answer;
}

function isName(name: string): name is keyof Subject {
  return Object.hasOwn(READERS, name);
}
