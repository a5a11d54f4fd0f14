// The network is gone for some seconds, or becomes another one, while people talk: media comes back by itself, in the
// same call. The figures are printed.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { heardTone } from '../../browser/support/media.mjs';
import { slow, until } from '../../browser/support/programs.mjs';
import { pictureBack, stretch } from '../support/measure.mjs';
import { deviceTone, lacking, networkScene, quality } from '../support/scene.mjs';
import { deviceAddress, otherDeviceAddress, otherPhoneAddress, phoneAddress } from '../support/world.mjs';

describe('outage', { skip: lacking }, () => {
    const here = networkScene();
    const connections = (page) => page.evaluate(() => window.connections.length);

    async function talk() {
        await here.world.set({});
        const phone = await here.talking();
        await pictureBack(phone.page);
        return phone;
    }

    /** Sound flows both ways, and it is the same call. */
    async function talksOn({ page }) {
        const heard = await heardTone(page, 1);
        assert.ok(Math.abs(heard.hertz - deviceTone) < 20 && heard.level > 100, JSON.stringify(heard));
        const before = (await quality(here)).soundFramesReceived ?? 0;
        await until(async () => (await quality(here)).soundFramesReceived > before, 'sound at the device');
        const room = await here.house.api.call('room.get');
        assert.deepEqual([room.phase, room.media.state], ['talking', 'flowing']);
    }

    /** The device's cable is dead for so long: media and signalling, without a word to anybody. */
    async function gone(seconds, t) {
        const phone = await talk();
        const before = await connections(phone.page);
        await here.world.cable.order(`cut both ${seconds}`);
        await stretch(seconds * 1000);
        const backMs = await pictureBack(phone.page);
        await talksOn(phone);
        const renewed = (await connections(phone.page)) - before;
        t.diagnostic(`gone for ${seconds} s: the picture is back after ${backMs} ms, ${renewed} new connections`);
        return { backMs, renewed };
    }

    test('the network gone for 5 s: the same connection goes on within 2 s', async (t) => {
        const { backMs, renewed } = await gone(5, t);
        assert.ok(backMs < 2_000 * slow, `${backMs} ms`);
        assert.equal(renewed, 0);
    });

    test('the network gone for 15 s: a new connection is there within 6 s of its return', async (t) => {
        const { backMs, renewed } = await gone(15, t);
        assert.ok(backMs < 6_000 * slow, `${backMs} ms`);
        assert.ok(renewed > 0);
    });

    test('the network gone for 30 s: the room is resumed, a new connection is there within 6 s of its return', async (t) => {
        const { backMs, renewed } = await gone(30, t);
        assert.ok(backMs < 6_000 * slow, `${backMs} ms`);
        assert.ok(renewed > 0);
    });

    for (const seconds of [5, 30]) {
        test(`the phone's network gone for ${seconds} s: sound and picture are back within 6 s of its return`, async (t) => {
            const phone = await talk();
            await here.world.phoneCut(true);
            await stretch(seconds * 1000);
            await here.world.phoneCut(false);
            const backMs = await pictureBack(phone.page);
            t.diagnostic(`the phone gone for ${seconds} s: the picture is back after ${backMs} ms`);
            await talksOn(phone);
            assert.ok(backMs < 6_000 * slow, `${backMs} ms`);
        });
    }

    /** One side moves to another address: how long until the picture is back, for a whole second. */
    async function moved(place, from, to, t) {
        const phone = await talk();
        const before = await connections(phone.page), begun = Date.now();
        await here.world.move(place, from, to);
        t.after(() => here.world.move(place, to, from).then(() => here.house.online()));
        await until(async () => (await connections(phone.page)) > before, 'a new connection');
        await pictureBack(phone.page);
        const backMs = Date.now() - begun - 1_000;   // it was looked at for a second
        t.diagnostic(`another address of the ${place}: the picture is back after ${backMs} ms`);
        assert.ok(backMs < 6_000 * slow, `${backMs} ms`);
        await talksOn(phone);
    }

    test('the device gets another address: a new connection is there within 6 s',
        (t) => moved('device', deviceAddress, otherDeviceAddress, t));

    test('the phone gets another address: a new connection is there within 6 s',
        (t) => moved('phone', phoneAddress, otherPhoneAddress, t));
});

describe('outage without end', { skip: lacking }, () => {
    const here = networkScene({ media: { reconnectSeconds: 5 } });

    test('the network gone too long: the device gives the call up with its reason, the page hears of it when it is back', async () => {
        await here.world.set({});
        const phone = await here.talking();
        await here.world.cable.order('cut both 600');
        const end = await here.house.api.event('abortVoip');
        assert.equal(end.data.error.errCode, 2005);
        assert.match(end.data.error.errMsg, /connection was lost/);
        await phone.page.locator('.call[data-phase="talking"]').waitFor({ state: 'attached' });
        await here.world.cable.order('cut both 0');
        await phone.phase('ended');
        await here.house.online();
    });
});
