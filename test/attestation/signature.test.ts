import { describe, expect, it } from 'vitest';
import { keyOfCertificate, onlyNameOf } from '../../src/attestation/signature.ts';

// Made with OpenSSL 3.0 (`openssl req -x509 -addext subjectAltName=…`); they differ in the names of their holder alone.
const ONE_NAME =
  'MIIBhjCCASugAwIBAgIUK1ZVbfyjITyoNDrkO5j34qquYYgwCgYIKoZIzj0EAwIwADAgFw0yNjExMjUxMzQ4NDlaGA8yMTI2MTEwMTEzNDg0OVowADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMuZwpr2pfnsy3gJc3QgdPDBzUhqnMqAzcoS7lwudYtcR4xBbfgwu6CSJpk0PIKyUt7AKslbCJs8MZJ8Lphc6M2jgYAwfjAdBgNVHQ4EFgQU5xfYKimhZw+PQE0KZYp8ssQArJYwHwYDVR0jBBgwFoAU5xfYKimhZw+PQE0KZYp8ssQArJYwDwYDVR0TAQH/BAUwAwEB/zArBgNVHREEJDAihiBodHRwczovL2dpdGh1Yi5jb20vYWNtZS9wYXltZW50czAKBggqhkjOPQQDAgNJADBGAiEA/XOczND69VDHyVsBdgRaV0Ogtq30uuVRU6aOJKQaSxwCIQCgg9RCshf6mFofhLWiaxlOl2dW2cbdYoP8t/IXYWJr2Q==';
const TWO_NAMES =
  'MIIBmTCCAT+gAwIBAgIUJVwoHHUI1ocYDnb1T9tfJWCM1NMwCgYIKoZIzj0EAwIwADAgFw0yNjExMjUxMzQ4NDlaGA8yMTI2MTEwMTEzNDg0OVowADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJSlfqNokYCV6J0w5Ioxly83LoLdA/S4gstdcYtza7yHafAdWSBLkUV+azjO3vyn+7BGym2+Odmp1br3RtS8fGCjgZQwgZEwHQYDVR0OBBYEFK2Ful406PMsodNPZCXpmEFwB02bMB8GA1UdIwQYMBaAFK2Ful406PMsodNPZCXpmEFwB02bMA8GA1UdEwEB/wQFMAMBAf8wPgYDVR0RBDcwNYYgaHR0cHM6Ly9naXRodWIuY29tL2FjbWUvcGF5bWVudHOBEW1hbGxvcnlAYWNtZS50ZXN0MAoGCCqGSM49BAMCA0gAMEUCIQDTNres6mXH8HlBEqKVDHnV6A6NhniQ9xjcbBaMteRj3gIgF49eBCDAhhEyJhgJvzJsBh1SdLNvHmIf02nBIh5EbgY=';
const NAME_OF_A_HOST =
  'MIIBbjCCAROgAwIBAgIUfA/YpIC3YJmLu2S7IW3S1SfRF5kwCgYIKoZIzj0EAwIwADAgFw0yNjExMjUxMzQ4NDlaGA8yMTI2MTEwMTEzNDg0OVowADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIT2mFHKC0mObxQMdwgVc4og2AHr17Vqe/R8bL+WMtfkbyQ2lEkcwLr7nZpku+1msrJI8WVq37gl+UXUqPYEiD2jaTBnMB0GA1UdDgQWBBRsA6NvSvjlW1mXSb0PgLCXzNQ2ejAfBgNVHSMEGDAWgBRsA6NvSvjlW1mXSb0PgLCXzNQ2ejAPBgNVHRMBAf8EBTADAQH/MBQGA1UdEQQNMAuCCWFjbWUudGVzdDAKBggqhkjOPQQDAgNJADBGAiEAoOIpEQK44slG2q7y7pg6zNjtRwFDR2FH7xMa0zHx3DYCIQCLXZIJbmGHgtLacfx3JHNHJVIjH12SXnZbNvFk8oAh7A==';
const read = (text: string) => Buffer.from(text, 'base64');

describe('a certificate', () => {
  it.each([
    ['one name has it', ONE_NAME, 'https://github.com/acme/payments'],
    ['two names has none that is its only one', TWO_NAMES, undefined],
    ['the name of a host has none of a signer', NAME_OF_A_HOST, undefined],
  ])('with %s', (_, certificate, name) => {
    expect(onlyNameOf(read(certificate))).toBe(name);
  });

  it('that is cut has no key', () => {
    expect([keyOfCertificate(read(ONE_NAME))?.asymmetricKeyType, keyOfCertificate(read(ONE_NAME).subarray(0, 99))]).toEqual([
      'ec',
      undefined,
    ]);
  });
});
