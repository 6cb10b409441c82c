import path from 'node:path';
import { type ImageReference, parseImageReference } from '../../domain/image-reference.ts';

/** What an image without a registry is called: `localhost/` and the name of its file, as local builders call theirs. */
export function localImage(place: string): ImageReference {
  const name = path
    .basename(path.resolve(place))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return parseImageReference(`localhost/${name}`) ?? { registry: 'localhost', repository: 'image' };
}
