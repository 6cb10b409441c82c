import { scenario } from 'selfsame/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../decisions/outcome.ts';

/** The first attempt of a run is in staging under another name; the second one was tested. */
const estate = scenario()
  .at('09:00')
  .built('payments@D', { run: '41', commit: 'c0ffee' })
  .built('payments@A', { run: '41', attempt: 2, commit: 'c0ffee', base: 'Y' })
  .at('10:00')
  .tested('payments@A', { gate: 'e2e' })
  .deployed('payments@D', 'staging/payments-api')
  .deployed('payments@A', 'staging/payments-worker')
  .at('11:00')
  .deployed('payments@A', 'production/payments-api')
  .deployed('payments@A', 'production/payments-worker')
  .deployed('payments@D', 'production/audit');

describe('what ran upstream in the place of another, and has no counterpart of its own', () => {
  it('was rehearsed where upstream was listed', () => {
    expect(outcomeOf(estate)).toMatchObject({ rows: expect.arrayContaining(['production/audit selfsame (rehearsed)']), exit: 0 });
  });

  it('is not told to be a rebuild where upstream could not be listed', () => {
    const blind = estate.blindTo('running-image', 'forbidden', { environment: 'staging', namespace: 'audit' });

    const rows: unknown = expect.arrayContaining(['production/audit unresolved (upstream-not-listed)']);
    expect(outcomeOf(blind)).toMatchObject({ rows, counted: [], exit: 3 });
  });
});
