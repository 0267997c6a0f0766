import { describe, expect, it } from 'vitest';
import { type Caller, crossOriginHeaders, type GuardOptions, guard } from './guard.ts';

const open: GuardOptions = { apiKeys: [], allowedHosts: [], allowedOrigins: [] };
const caller = (more: Partial<Caller> = {}): Caller => ({
  method: 'POST',
  path: '/v1/completions',
  host: '127.0.0.1:8080',
  targetHost: '127.0.0.1:8080',
  origin: undefined,
  authorization: undefined,
  ...more,
});
const refusalOf = (given: Partial<Caller>, options: Partial<GuardOptions> = {}) => {
  try {
    guard(caller(given), { ...open, ...options });
    return null;
  } catch (error) {
    return error as { status: number; code: string; headers: object };
  }
};

describe('the host', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1',
    '192.168.1.7:80',
    '[::1]:8080',
    '[fe80::1]',
  ])('"%s" is ours: an address cannot be made to point elsewhere', (host) =>
    expect(refusalOf({ host })).toBeNull(),
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost:8080:8080',
    'user@localhost',
    '[::1',
    '0x7f.1',
    'localhost:99999999',
  ])('"%s" is not', (host) =>
    expect(refusalOf({ host })).toMatchObject({ status: 403, code: 'host_refused' }),
  );

  it('of the target counts too', () => {
    expect(refusalOf({ targetHost: 'evil.example' })).toMatchObject({ code: 'host_refused' });
  });

  it('may have other names, if they are given', () => {
    expect(refusalOf({ host: 'box.lan:8080' }, { allowedHosts: ['box.lan'] })).toBeNull();
    expect(refusalOf({ host: 'BOX.LAN' }, { allowedHosts: ['box.lan'] })).toBeNull();
    expect(refusalOf({ host: 'other.lan' }, { allowedHosts: ['box.lan'] })).not.toBeNull();
    expect(refusalOf({ host: 'other.lan' }, { allowedHosts: ['*'] })).toBeNull();
  });
});

describe('the origin', () => {
  it.each([
    ['http://127.0.0.1:8080', true],
    ['http://127.0.0.1', false],
    ['http://127.0.0.1:9999', false],
    ['https://127.0.0.1:8080', false],
    ['https://evil.example', false],
    ['null', false],
    ['', false],
  ])('"%s": %s', (origin, allowed) => {
    expect(refusalOf({ origin }) === null).toBe(allowed);
  });

  it('is told to the browser where it is allowed', () => {
    const options = { allowedOrigins: ['https://app.example'] };
    expect(refusalOf({ origin: 'https://app.example' }, options)).toBeNull();
    expect(crossOriginHeaders('https://app.example', 'x-stainless-os', options)).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'x-stainless-os',
      vary: 'origin',
    });
    expect(crossOriginHeaders('https://evil.example', undefined, options)).toEqual({});
    expect(crossOriginHeaders(undefined, undefined, options)).toEqual({});
  });
});

describe('the key', () => {
  const keyed = { apiKeys: ['secret-one', 'secret-two'] };

  it.each(['Bearer secret-one', 'bearer secret-two', 'Bearer  secret-two '])(
    '"%s" opens',
    (authorization) => {
      expect(refusalOf({ authorization }, keyed)).toBeNull();
    },
  );

  it.each([
    [undefined, 'missing_api_key'],
    ['', 'missing_api_key'],
    ['Basic secret-one', 'missing_api_key'],
    ['Bearer', 'missing_api_key'],
    ['Bearer secret', 'invalid_api_key'],
    ['Bearer secret-onex', 'invalid_api_key'],
    ['Bearer SECRET-ONE', 'invalid_api_key'],
  ])('%s does not', (authorization, code) => {
    expect(refusalOf({ authorization }, keyed)).toMatchObject({
      status: 401,
      code,
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  it('is not asked for the state of the server, nor before a preflight', () => {
    expect(refusalOf({ method: 'GET', path: '/health' }, keyed)).toBeNull();
    expect(refusalOf({ method: 'OPTIONS' }, keyed)).toBeNull();
    expect(refusalOf({ method: 'GET', path: '/metrics' }, keyed)).not.toBeNull();
  });
});
