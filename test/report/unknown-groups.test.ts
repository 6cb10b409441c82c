import { describe, expect, it } from 'vitest';
import { groupUnknowns } from '../../src/report/unknown-groups.ts';

const API = ['production/payments/api'];

describe('what rules could not tell', () => {
  it('is told once where one reason silences many rules on the same places, with what each asked for', () => {
    const unknowns = [
      { rule: 'image-gone', because: 'held: no-digest', where: API },
      { rule: 'tag-moved', because: 'standing: no-digest', where: API },
      { rule: 'tag-moved', because: 'then: no-digest', where: API },
    ];

    const groups = groupUnknowns(unknowns);

    expect(groups).toEqual([{ reason: 'no digest', rules: ['image-gone (held)', 'tag-moved (standing, then)'], where: API }]);
  });

  it('is told apart where reasons or places differ', () => {
    const unknowns = [
      { rule: 'image-gone', because: 'held: no-digest', where: API },
      { rule: 'tag-moved', because: 'held: no-digest', where: [...API, 'production/payments/worker'] },
      { rule: 'untested', because: 'tests-not-covered', where: API },
    ];

    const groups = groupUnknowns(unknowns);

    expect(groups.map(({ rules }) => rules)).toEqual([['image-gone (held)'], ['tag-moved (held)'], ['untested']]);
  });
});
