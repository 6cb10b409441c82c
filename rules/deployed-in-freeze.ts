import { defineRule } from 'selfsame';
import { z } from 'zod';

const text = z.string().min(1);
const DAY = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const INSTANT = z.iso.datetime({ offset: true });
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/;

const Freeze = z
  .strictObject({
    from: text,
    until: text,
    days: z.array(DAY).min(1).optional(),
    because: text,
    environments: z.array(text).min(1).optional(),
    allow: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no digest: write sha256: and 64 digits')).optional(),
  })
  .superRefine(({ days, from, until }, context) => {
    const isTime = (time: string) => (days ? TIME.test(time) : INSTANT.safeParse(time).success);
    const write = days ? 'is no time of day: write 16:00, in UTC' : 'is no instant: write 2026-12-20T00:00:00Z, with its zone';
    for (const [key, time] of Object.entries({ from, until }))
      if (!isTime(time)) context.addIssue({ code: 'custom', message: write, path: [key] });
    const isEarlier = days ? from < until : Date.parse(from) < Date.parse(until);
    if (!isEarlier)
      context.addIssue({ code: 'custom', message: 'is not after "from": end a day at 24:00, and begin the next anew', path: ['until'] });
  });

export default defineRule({
  id: 'deployed-in-freeze',
  title: 'What runs was deployed while nothing was to be deployed',
  severity: 'medium',
  since: '0.1.0',
  judges: 'deployed',
  messages: {
    at: '{where} runs {running}, which came at {by}, in the freeze from {since} until {until}: {because}.',
    between: '{where} runs {running}, which came between {after} and {by}, in the freeze from {since} until {until}: {because}.',
  },
  skips: {
    vendor: 'built outside this audit',
    notAsked: 'no freeze is of this environment',
    allowed: 'the freeze allows this digest',
  },
  fix: 'Find out who deployed {running} in the freeze, and why. If it had to be, write the digest under `allow` of that freeze, so that it stands there who was let through; else roll it back. Then let the pipeline ask for the freeze before it deploys.',
  options: z.strictObject({ freezes: z.array(Freeze).default([]) }),
  awaits: 'freezes',
  mustTell: 'judge it together with recordings from before and after the freeze, or waive what ran there before',

  needs: (row, ledger, { freezes }) => ({ frozen: ledger.frozenOf(row, freezes) }),

  check({ frozen }, row, say) {
    if (frozen.is === 'not-asked') return say.skip('notAsked');
    if (frozen.is === 'allowed') return say.skip('allowed');
    if (frozen.is === 'outside') return say.pass();

    const { after, by, since, until, because } = frozen;
    const facts = { where: row.where, running: row.artifact?.digest ?? 'not known', by, since, until, because };
    return after === by ? say.drift('at', facts) : say.drift('between', { ...facts, after });
  },
});
