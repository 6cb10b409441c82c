import { z } from 'zod';
import { Finding } from './finding.ts';
import { Report } from './report.ts';

/** What of an earlier report tells which findings are new. */
export const Earlier = Report.pick({ schema: true, effectiveAt: true, law: true, view: true }).extend({
  findings: z.array(
    Finding.pick({
      fingerprint: true,
      rule: true,
      message: true,
      facts: true,
      artifact: true,
      where: true,
      severity: true,
      confidence: true,
      waived: true,
      under: true,
      from: true,
      since: true,
    }),
  ),
});
export type Earlier = z.infer<typeof Earlier>;
