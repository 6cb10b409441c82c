import type { Digest } from './digest.ts';
import type { Trust } from './trust.ts';

/** Something that a bill of materials lists: its package URL without the version, or its type and name where it has none, and the version. */
export type Package = Readonly<{ name: string; version: string | undefined }>;

/** A bill of materials, as far as packages are compared. */
export type Bill = Readonly<{ format: 'SPDX' | 'CycloneDX'; generator: string | undefined; packages: readonly Package[] }>;

/** A bill that is attached to an image: the statement it lies in, how far that can be trusted, and who is proven to have signed it. */
export type AttachedBill = Bill & Readonly<{ digest: Digest; trust: Trust; by?: string }>;

/** An image that bills may be attached to: itself, an index of it alone, and what BuildKit put beside it. */
export type BillSubject = Readonly<{ repository: string; digests: readonly Digest[]; members: readonly Digest[] }>;

/** The bills of an image that were read, and why others were not. */
export type BillsRead = Readonly<{ bills: readonly AttachedBill[]; unread: readonly string[] }>;
