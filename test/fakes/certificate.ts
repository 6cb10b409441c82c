import { createSign, generateKeyPairSync } from 'node:crypto';

export type Certificate = Readonly<{ key: string; cert: string }>;

/** A key and a certificate that it signed itself, for one host name or IPv4 address, good from 2020 to 2049 unless it ends earlier. */
export function certificateFor(host: string, until = '491231235959Z'): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('550403'), tlv(0x0c, Buffer.from(host)))));
  const validity = sequence(tlv(0x17, Buffer.from('200101000000Z')), tlv(0x17, Buffer.from(until)));
  const alternative = sequence(oid('551d11'), tlv(0x04, sequence(nameOf(host))));
  const authority = sequence(oid('551d13'), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))));
  const extensions = tlv(0xa3, sequence(alternative, authority));
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const serial = tlv(0x02, Buffer.from([1]));
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const signed = sequence(version, serial, ECDSA_WITH_SHA256, name, validity, name, subjectKey, extensions);
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), createSign('sha256').update(signed).sign(privateKey)]));
  const der = sequence(signed, ECDSA_WITH_SHA256, signature).toString('base64');
  const cert = `-----BEGIN CERTIFICATE-----\n${der.replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function nameOf(host: string): Buffer {
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(host);
  return isAddress ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host));
}

/** X.690: a tag, a length, a value. */
function tlv(tag: number, value: Buffer): Buffer {
  const long =
    value.length < 128 ? [value.length] : value.length < 256 ? [0x81, value.length] : [0x82, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from([tag, ...long]), value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
  return tlv(0x31, part);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
