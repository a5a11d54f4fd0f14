// Loss, jitter and reordering on the device's cable, both ways: sound stays, and the picture is back soon after. The figures
// are printed.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { heardTone } from '../../browser/support/media.mjs';
import { slow } from '../../browser/support/programs.mjs';
import { between, pictureBack, reading, stretch } from '../support/measure.mjs';
import { deviceTone, lacking, networkScene, phoneTone, quality } from '../support/scene.mjs';

const bad = 8_000;   // ms of it

describe('impairment', { skip: lacking }, () => {
    const here = networkScene();

    /** A call with the cable so bad for some seconds, and what became of it. */
    async function through(order, t) {
        await here.world.set({});
        const phone = await here.talking();
        await pictureBack(phone.page);
        const before = await reading(phone.page);
        await here.world.cable.order(`both ${order}`);
        await stretch(bad - 2_000);
        const heard = await heardTone(phone.page, 2);
        const during = between(before, await reading(phone.page));
        await here.world.cable.order('both');
        const backMs = await pictureBack(phone.page);
        const device = await quality(here);
        await phone.button('Hang up').click();
        const [, hertz, gaps] = await here.house.daemon.line(/speaker heard.*dominantHz=(\d+).* gaps=(\d+)/);
        const found = { ...during, backMs, heard, deviceConcealed: device.concealedPercent, deviceLoss: device.lossPercent, hertz: Number(hertz), gaps: Number(gaps) };
        t.diagnostic(`${order}: ${JSON.stringify(found)}`);
        return found;
    }

    /** The tones are heard at both ends all the time, and the picture is back in time. */
    function holds(found) {
        assert.ok(Math.abs(found.heard.hertz - deviceTone) < 20 && found.heard.level > 100, `page: ${JSON.stringify(found.heard)}`);
        assert.ok(Math.abs(found.hertz - phoneTone) <= 50, `device: ${found.hertz} Hz`);
        assert.ok(found.backMs < 2_000 * slow, `back after ${found.backMs} ms`);
    }

    /** Sound in holes: at most as much as was lost, for what the next packet tells of a lost one fills the hole. */
    const mended = (found) => assert.ok(found.concealedPercent < found.lostPercent + 1,
        `${found.concealedPercent} % concealed of ${found.lostPercent} % lost`);

    for (const percent of [5, 10, 20]) {
        test(`at ${percent} % loss sound stays, and the picture is back within 2 s of its end`, async (t) => {
            const found = await through(`loss=${percent}`, t);
            assert.ok(found.lostPercent > percent / 3, `${found.lostPercent} % lost`);
            mended(found);
            holds(found);
        });
    }

    for (const percent of [5, 10, 20]) {
        test(`at ${percent} % loss with 100 ms jitter sound stays, and the picture is back within 2 s of its end`, async (t) => {
            const found = await through(`loss=${percent} delay=40 jitter=100`, t);
            assert.ok(found.lostPercent > percent / 3, `${found.lostPercent} % lost`);
            assert.ok(found.concealedPercent < found.lostPercent + 5, `${found.concealedPercent} % concealed of ${found.lostPercent} % lost`);
            holds(found);
        });
    }

    test('with 100 ms jitter hardly any sound is invented, and the picture is back within 2 s of its end', async (t) => {
        const found = await through('delay=40 jitter=100', t);
        assert.ok(found.concealedPercent < 5, `${found.concealedPercent} % concealed`);
        holds(found);
    });

    test('5 % of the packets overtaking others by up to 100 ms are put in order again', async (t) => {
        const found = await through('delay=40 jitter=100 reorder=5', t);
        assert.ok(found.concealedPercent < 10, `${found.concealedPercent} % concealed`);
        holds(found);
    });
});
