import type { ImageFile } from '../clients/image-files/image-file.ts';
import type { NamedSource } from '../collect/collect.ts';
import type { Edge } from '../collect/define-source.ts';
import type { BillsRead } from '../domain/bill.ts';
import type { Digest } from '../domain/digest.ts';
import type { Observation } from '../domain/observation.ts';
import { AuditError } from '../error.ts';
import { billSubjectOf } from '../explain/bill-subject.ts';
import type { Comparison } from '../explain/difference.ts';
import { comparePackages, type PackageDifference } from '../explain/package-difference.ts';

const NONE: BillsRead = { bills: [], unread: [] };

/** Reads the bills of materials of an image on a platform. */
export type ReadBillsOf = (digest: Digest, platform: string) => Promise<BillsRead>;

/** Bills that lie beside an image in its file; there are none where its format has no place for them. */
export function billsInFile({ readBills }: Pick<ImageFile, 'readBills'>, observations: readonly Observation[]): ReadBillsOf {
  return async (digest, platform) => {
    const found = billSubjectOf({ digest, platform }, observations);
    return found && readBills ? readBills(found.subject) : NONE;
  };
}

/** Bills that the registries of the configuration hold; each is asked by the source that read the manifest. */
export function billsInRegistries(sources: readonly NamedSource[], observations: readonly Observation[], edge: Edge): ReadBillsOf {
  return async (digest, platform) => {
    const found = billSubjectOf({ digest, platform }, observations);
    const named = sources.find(({ name }) => name === found?.source);
    if (!found || !named?.source.openBills) return NONE;
    try {
      // The configuration was parsed by the source's own schema.
      return await (await named.source.openBills(named.config as never, edge))(found.subject);
    } catch (error) {
      if (!(error instanceof AuditError) || error.because === undefined) throw error;
      return { bills: [], unread: [`${error.because}: ${error.message.replace(/^it could not be read: /, '')}`] };
    }
  };
}

/** The packages in which two images differ on a platform, where they are not one artifact and a bill of either is attached. */
export async function packagesOf(
  { verdict, platform }: Comparison,
  [a, b]: readonly [Digest, Digest],
  [readA, readB]: readonly [ReadBillsOf, ReadBillsOf],
): Promise<PackageDifference | undefined> {
  if (verdict !== 'different' && verdict !== 'equivalent') return undefined;
  return comparePackages(await readA(a, platform), await readB(b, platform));
}
