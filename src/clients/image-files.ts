import { stat } from 'node:fs/promises';
import { AuditError } from '../error.ts';
import { billsInLayout } from './image-files/bills-in-layout.ts';
import { readDockerArchive } from './image-files/docker-archive.ts';
import type { ImageFile } from './image-files/image-file.ts';
import { readOciLayout } from './image-files/oci-layout.ts';

const READERS = { oci: readOciLayout, 'docker-archive': readDockerArchive } as const;

/** Reads `oci:DIR[:tag]` or `docker-archive:FILE[:tag]`, verifying every digest; nothing is unpacked, and nothing outside is followed. */
export async function readImageFile(text: string): Promise<ImageFile> {
  const colon = text.indexOf(':');
  const [scheme, rest] = [text.slice(0, colon), text.slice(colon + 1)];
  if (!isScheme(scheme) || rest === '')
    throw new AuditError('USAGE', `"${text}" names no image file`, { hint: 'Write oci:DIR[:tag] or docker-archive:FILE[:tag].' });
  const { place, tag } = await split(rest);
  const image = await READERS[scheme](place, tag);
  return scheme === 'oci' ? { ...image, readBills: billsInLayout(place) } : image;
}

function isScheme(scheme: string): scheme is keyof typeof READERS {
  return Object.hasOwn(READERS, scheme);
}

/** What is there as written is taken as it is; else the tag begins at the first colon, for a tag may have colons too. */
async function split(rest: string): Promise<{ place: string; tag: string | undefined }> {
  const colon = rest.indexOf(':');
  if (colon < 0 || (await isThere(rest))) return { place: rest, tag: undefined };
  return { place: rest.slice(0, colon), tag: rest.slice(colon + 1) };
}

function isThere(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}
