import type { Recording } from '../domain/recording.ts';
import { readRecordings } from '../recording/read.ts';
import { recordingsIn } from './recordings-in.ts';

/** Reads the recordings that are named, and of a folder of them every finished one. */
export async function readNights(places: readonly string[]): Promise<Recording[]> {
  const folders = await Promise.all(places.map(recordingsIn));
  return readRecordings(folders.flat());
}
