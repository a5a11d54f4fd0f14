// Whom the operator's example lets a client reach through coturn: the Internet, nothing that stands behind the server,
// but for what is listed. Every range is asked at its first and its last address and, where it has one, just outside.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../browser/support/programs.mjs';
import { lackingTurn, secret, Turn } from '../support/turn.mjs';
import { lackingWorld, publicAddress, World } from '../support/world.mjs';

const lacking = await lackingWorld() || await lackingTurn() || false;
const publicAddress6 = '2001:db8::1';   // relayed packets leave from it
const client = fileURLToPath(new URL('../support/turn_client.mjs', import.meta.url));
const permitted = 0, unauthorized = 401, forbidden = 403;

const denied = {
    loopback: ['127.0.0.0', '127.0.0.1', '127.255.255.255'],
    'link-local, with the metadata of clouds': ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
    private: ['10.0.0.0', '10.1.0.2', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
    'of carriers': ['100.64.0.0', '100.127.255.255'],
    'for special purposes': ['0.0.0.0', '0.255.255.255', '192.0.0.0', '192.0.0.255', '198.18.0.0', '198.19.255.255'],
    'multicast and beyond': ['224.0.0.1', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
};
const denied6 = {
    'loopback and nowhere': ['::', '::1'],
    'link-local and private': ['fe80::', 'fe80::1', 'febf:ffff::1', 'fc00::', 'fd00::1', 'fdff:ffff::1', 'fec0::1'],
    multicast: ['ff02::1', 'ff0e::1'],
    'wrapped IPv4': ['::ffff:10.1.0.2', '::ffff:127.0.0.1', '::10.1.0.2', '64:ff9b::10.1.0.2', '64:ff9b:1::10.1.0.2', '2002:a01:2::1', '2002:7f00:1::1', '2001:0:a01:2::1'],
};
const allowed = ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0',
    '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '203.0.113.1', publicAddress];
const allowed6 = ['2000::1', '2001:1::1', '2001:db8::2', '2003::1', '2600::1', '3fff:ffff::1'];

describe('relay', { skip: lacking }, () => {
    const folder = lacking ? '' : mkdtempSync(path.join(tmpdir(), 'wmpf-relay-'));
    let world, turn;

    async function start(listed = []) {
        await turn?.stop();
        const certificate = path.join(folder, 'server.pem');
        turn = await Turn.start(folder, world.space('public'), { allowed: listed, certificate, key: certificate, ip6: publicAddress6 });
    }
    before(async () => {
        world = await World.open();
        await world.ip('public', 'addr', 'add', `${publicAddress6}/128`, 'dev', 'lo');
        const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
            '/CN=turn', '-keyout', path.join(folder, 'server.pem'), '-out', path.join(folder, 'server.pem')]);
        assert.equal(made.code, 0, made.err);
        await start();
    });
    after(async () => {
        await turn?.stop();
        await world?.close();
        rmSync(folder, { recursive: true, force: true });
    });

    /** What the server says of each peer, asked by a client in the public place of the Internet. */
    async function asked(family, peers, word = secret) {
        const { code, out, err } = await run('ip', ['netns', 'exec', world.space('phone'), process.execPath, client, publicAddress, word, family, ...peers]);
        assert.equal(code, 0, err);
        return Object.fromEntries(out.trim().split('\n').map((line) => line.split(' ')).map(([peer, said]) => [peer, Number(said)]));
    }
    const all = (peers, said) => Object.fromEntries(peers.map((peer) => [peer, said]));

    for (const [what, peers] of Object.entries(denied)) {
        test(`${peers.length} addresses are denied: ${what}`, async () => {
            assert.deepEqual(await asked('4', peers), all(peers, forbidden));
        });
    }
    for (const [what, peers] of Object.entries(denied6)) {
        test(`${peers.length} addresses of IPv6 are denied: ${what}`, async () => {
            assert.deepEqual(await asked('6', peers), all(peers, forbidden));
        });
    }

    test(`${allowed.length + allowed6.length} addresses beside those are reached`, async () => {
        assert.deepEqual(await asked('4', allowed), all(allowed, permitted));
        assert.deepEqual(await asked('6', allowed6), all(allowed6, permitted));
    });

    test('a private range that is listed is reached, its 2 neighbours are not', async (t) => {
        await start(['10.20.0.0-10.20.0.255']);
        t.after(() => start());
        assert.deepEqual(await asked('4', ['10.19.255.255', '10.20.0.0', '10.20.0.255', '10.20.1.0']),
            { '10.19.255.255': forbidden, '10.20.0.0': permitted, '10.20.0.255': permitted, '10.20.1.0': forbidden });
    });

    test('a credential made with another secret gets no allocation', async () => {
        await assert.rejects(asked('4', ['1.1.1.1'], 'another-secret'), new RegExp(`no allocation: ${unauthorized}`));
    });
});
