import type { BlobTaker, ReadBills, Seen } from '../../collect/define-source.ts';
import type { Digest } from '../../domain/digest.ts';
import type { NamedLayer } from '../layers/layer-reader.ts';

/** An image that is a file: the digest it goes by, everything under it, and its layers, which are not read unless they are asked for. */
export type ImageFile = Readonly<{
  root: Digest;
  seen: readonly Seen[];
  /** Hands the bytes of a layer to a taker; none of them is verified. */
  readLayer(layer: NamedLayer, open: () => BlobTaker): Promise<void>;
  /** Reads what bills of materials lie beside it, where its format has a place for them. */
  readBills?: ReadBills;
}>;
