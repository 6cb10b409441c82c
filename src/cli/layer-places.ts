import type { ImageFile } from '../clients/image-files/image-file.ts';
import type { NamedSource } from '../collect/collect.ts';
import type { Edge, ReadBlob } from '../collect/define-source.ts';
import { unreadable } from '../error.ts';
import type { LayerPlace } from './compare-contents.ts';

/** Layers that lie in a file here: nothing is downloaded. */
export function layersInFile({ readLayer }: Pick<ImageFile, 'readLayer'>): LayerPlace {
  return { bytesOf: () => 0, read: readLayer };
}

/** Layers that the registries of the configuration hold; each is asked by the source that read the manifest. */
export function layersInRegistries(sources: readonly NamedSource[], edge: Edge): LayerPlace {
  const opened = new Map<string, Promise<ReadBlob>>();
  const open = (named: NamedSource): Promise<ReadBlob> => {
    // The configuration was parsed by the source's own schema.
    const blobs = opened.get(named.name) ?? named.source.openBlobs?.(named.config as never, edge) ?? Promise.reject(notOffered(named.name));
    opened.set(named.name, blobs);
    return blobs;
  };
  return {
    bytesOf: ({ blob }) => blob?.size ?? 0,
    async read({ diffId, blob, image, source }, take) {
      const named = sources.find(({ name }) => name === source);
      if (!blob || !image) throw unreadable('incomplete', `no manifest says where the layer ${diffId} is`);
      if (!named) throw unreadable('not-configured', `no source of the configuration is called ${source ?? 'as the one that read it'}`);
      await (await open(named))({ repository: image.repository, ...blob }, take);
    },
  };
}

function notOffered(name: string): Error {
  return unreadable('unsupported', `the source ${name} hands out no layers; read the registry with \`use: oci\` or \`use: ecr\` for that`);
}
