import fc from 'fast-check';
import { Plan } from 'selfsame';

/** One of the values. */
export const oneOf = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Plain most of the time, so that oddities meet an estate that is otherwise whole. */
export const mostly = <T>(plain: T, odd: fc.Arbitrary<T>, often = 5): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(plain), weight: often }, { arbitrary: odd, weight: 1 });

/** The rules about releases, with all that they can be told. */
export const RELEASES: Plan['rules'] = {
  'unapproved-promotion': { environments: {}, options: { approvals: { production: { ci: ['prod'], by: ['grace'] } } } },
  'deployed-in-freeze': {
    environments: {},
    options: { freezes: [{ from: '2026-03-02T00:20:00Z', until: '2026-03-03T04:00:00Z', because: 'the books are closed' }] },
  },
  'tested-together': { environments: {}, options: { groups: [['*/payments', '*/refunds']] } },
};

/** Plans over the environments that random estates have. */
export const plan: fc.Arbitrary<Plan> = fc
  .record({
    promotion: mostly<string[][]>(
      [['staging'], ['production']],
      oneOf([['development'], ['staging'], ['production']], [['staging'], ['production', 'production-us']]),
      2,
    ),
    gates: mostly<Plan['gates']>(
      [],
      oneOf([{ name: 'e2e' }], [{ name: 'e2e', environment: 'staging' }], [{ name: 'e2e' }, { name: 'load' }]),
      1,
    ),
    evidence: mostly<Plan['evidence']>('auto', oneOf('observed', 'recorded', 'attested')),
    mirrors: mostly<Plan['mirrors']>({}, oneOf<Plan['mirrors']>({ 'mirror.test': 'docker.io' }, { 'copy.test': 'registry.test' }), 2),
    rules: mostly<Plan['rules']>(
      {},
      oneOf<Plan['rules']>(
        { 'base-not-allowed': { environments: {}, options: { allowed: ['registry.test/*'] } } },
        { 'base-outdated': { environments: {}, options: { days: '0' } } },
        RELEASES,
        RELEASES,
      ),
      2,
    ),
    thirdParty: mostly<string[]>([], fc.constant(['registry.test/refunds'])),
    pairs: mostly<Plan['pairs']>(
      {},
      fc.constant({ 'production/default/Deployment/audit/app': 'staging/default/Deployment/payments-worker/app' }),
    ),
  })
  .map((parts) => Plan.parse({ ...parts, equal: parts.promotion.at(-1)?.length === 2 ? [parts.promotion.at(-1)] : [] }));
