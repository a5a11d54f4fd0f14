// The ways that media takes: straight, through routers, through the TURN server; and that sound and picture get there.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { heardTone, pictures } from '../../browser/support/media.mjs';
import { run, until } from '../../browser/support/programs.mjs';
import { deviceTone, lacking, networkScene, phoneTone, quality, route } from '../support/scene.mjs';
import { deviceAddress, phoneAddress, publicAddress } from '../support/world.mjs';

describe('paths', { skip: lacking }, () => {
    const here = networkScene();

    /** Sound and picture arrive at both ends. */
    async function bothWays(phone) {
        const heard = await heardTone(phone.page, 1);
        assert.ok(Math.abs(heard.hertz - deviceTone) < 20 && heard.level > 100, JSON.stringify(heard));
        await pictures(phone.page, 15);
        await until(async () => (await quality(here)).framesReceived > 5, 'the picture of the page at the device');
        await until(async () => (await quality(here)).soundFramesReceived > 100, 'the sound of the page at the device');
        await phone.button('Hang up').click();
        const [, hertz] = await here.house.daemon.line(/speaker heard.*dominantHz=(\d+)/);
        assert.ok(Math.abs(Number(hertz) - phoneTone) <= 50, `the device heard ${hertz} Hz`);
    }

    test('without NAT media goes from host to host', async () => {
        await here.world.set({});
        const phone = await here.talking();
        assert.equal((await route(phone.page)).local, 'host');
        await bothWays(phone);
    });

    test('a device behind a NAT is reached straight', async () => {
        await here.world.set({ device: 'restricted' });
        const phone = await here.talking();
        assert.notEqual((await route(phone.page)).remote, 'relay');
        await bothWays(phone);
    });

    test('a device behind a symmetric NAT is reached straight by a phone without', async () => {
        await here.world.set({ device: 'symmetric' });
        const phone = await here.talking();
        assert.notEqual((await route(phone.page)).remote, 'relay');
        await bothWays(phone);
    });

    test('two NATs that keep their ports are got through without a relay', async () => {
        await here.world.set({ device: 'restricted', phone: 'restricted' });
        // Each NAT opens only when its own side has sent: on a slow machine the relay may be first in one call, not in all.
        const ways = [];
        for (let call = 0; call < 3; call += 1) {
            const phone = await here.talking();
            const { local, remote } = await route(phone.page);
            ways.push(`${local} to ${remote}`);
            await bothWays(phone);
            if (!ways.at(-1).includes('relay')) return;
        }
        assert.fail(ways.join(', '));
    });

    test('two symmetric NATs need the relay, and get it over UDP', async () => {
        await here.world.set({ device: 'symmetric', phone: 'symmetric' });
        const phone = await here.talking();
        const { local, remote } = await route(phone.page);
        assert.ok(local === 'relay' || remote === 'relay', `${local} to ${remote}`);
        await until(async () => (await quality(here)).relayed === true, 'the device knows that it is relayed');
        await bothWays(phone);
    });

    test('where UDP is forbidden the relay is reached over TCP by both', async () => {
        await here.world.set({ device: 'restricted', phone: 'restricted', blocked: 'udp' });
        const phone = await here.talking();
        assert.deepEqual(await route(phone.page), { local: 'relay', remote: 'relay', by: 'tcp' });
        await bothWays(phone);
    });

    test('a page that takes the relay alone is talked with', async () => {
        await here.world.set({ device: 'restricted', phone: 'restricted' });
        const phone = await here.talking({ relayOnly: true });
        assert.equal((await route(phone.page)).local, 'relay');
        await here.turn.program.line(/A peer IP 10\.1\.0\.2 denied in the range: 10\.0\.0\.0-10\.255\.255\.255/);
        await bothWays(phone);
    });

    test('a private address is reached through the relay where the operator has listed it', async () => {
        await here.startTurn([deviceAddress]);
        await here.world.set({ blocked: 'udp but to the public place' });
        const phone = await here.talking({ relayOnly: true });
        assert.deepEqual(await route(phone.page), { local: 'relay', remote: 'host', by: 'udp' });
        await bothWays(phone);
        await here.startTurn();
    });

    test('a page that hides its addresses behind names is talked with all the same', async (t) => {
        await here.world.set({ device: 'restricted', phone: 'restricted' });
        const browser = await here.shyBrowser();
        t.after(() => browser.close());
        const { page } = await here.talking({ browser, answer: 'Answer' });
        const own = await page.evaluate(() => window.connections.at(-1).localDescription.sdp);
        assert.match(own, /^a=candidate:.*\.local .* typ host/m);
        assert.doesNotMatch(own, new RegExp(phoneAddress.replaceAll('.', '\\.')));
        await pictures(page, 15);
    });

    test('the TURN server speaks TLS with the certificate it was given', async () => {
        const script = `require('node:tls').connect({ host: '${publicAddress}', port: 5349, ca: require('node:fs').readFileSync('${here.house.service.ca}') },
            function () { console.log(this.getProtocol()); this.end(); })`;
        const { code, out, err } = await run('ip', ['netns', 'exec', here.world.space('phone'), process.execPath, '-e', script]);
        assert.equal(code, 0, err);
        assert.match(out, /^TLSv1\.[23]$/m);
    });
});
