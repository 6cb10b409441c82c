import { describe, expect, it } from 'vitest';
import { reachedThrough } from '../../../src/clients/kubernetes/reached-through.ts';

describe('what lies between the scanner and a cluster', () => {
  it.each([
    ['nothing', {}, {}, []],
    ['a proxy, without its password', { proxyUrl: 'http://auditor:canary@proxy.example:3128' }, {}, ['proxy http://proxy.example:3128']],
    ['a proxy that has no address', { proxyUrl: 'canary' }, {}, ['proxy that cannot be read']],
    ['a program, without its arguments', {}, { exec: { command: 'aws', args: ['canary'] } }, ['program aws']],
    ['a program of a provider', {}, { authProvider: { config: { 'cmd-path': '/opt/gcloud' } } }, ['program /opt/gcloud']],
    ['a program of the provider exec', {}, { authProvider: { config: { exec: { command: 'aws' } } } }, ['program aws']],
    ['the token of a service account', {}, { authProvider: { config: { tokenFile: '/var/run/token' } } }, ['file /var/run/token']],
    ['files', { caFile: '/pki/ca' }, { certFile: '/pki/cert', keyFile: '/pki/key' }, ['file /pki/ca', 'file /pki/cert', 'file /pki/key']],
    ['no check of its certificate', { skipTLSVerify: true }, {}, ['certificate not checked']],
  ])('is %s', (_, cluster, user, told) => {
    expect(reachedThrough({ cluster, user })).toEqual(told);
  });
});
