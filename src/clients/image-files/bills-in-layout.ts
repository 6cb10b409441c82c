import type { ReadBills } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import { AuditError, unreadable } from '../../error.ts';
import { readBills } from '../oci/read-bills.ts';
import { handOutBlob, readBlob } from './layout-folder.ts';
import { localImage } from './local-image.ts';

/** Reads the bills of materials that a layout holds beside an image as members of its index; whose signatures count, a layout does not say. */
export function billsInLayout(folder: string): ReadBills {
  const read = async ({ digest }: Readonly<{ digest: Digest }>) => {
    const found = await readBlob(folder, digest).catch((error: unknown) => throwUnread(digest, error));
    return { ...found, mediaType: '', image: localImage(folder) };
  };
  const download: Parameters<typeof readBills>[1]['download'] = ({ digest }, open) =>
    handOutBlob(folder, digest, open()).catch((error: unknown) => throwUnread(digest, error));
  return (of) => readBills(of, { finder: { read }, download, referrers: undefined });
}

/** That a blob is not there spoils the image; that what is attached to it is not, only what is said of it. */
function throwUnread(digest: Digest, error: unknown): never {
  if (!(error instanceof AuditError) || error.code !== 'USAGE') throw error;
  throw unreadable('not-found', `the layout does not hold ${digest}`, {
    hint: 'Copy the image again with all that its index names: skopeo copy --all.',
    cause: error,
  });
}
