// From a person's answer to the first picture that the page shows, over a cable that loses packets, both ways; all that
// signalling and handshake lose is lost too. The figures are printed. WMPF_CALLS: how many calls they are made of.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Phone } from '../../browser/support/browser.mjs';
import { deadline } from '../../browser/support/programs.mjs';
import { lacking, networkScene } from '../support/scene.mjs';

const calls = Number(process.env.WMPF_CALLS ?? '5');
const patience = 20_000;   // ms: then a call is given up
const losses = [
    { percent: 0, may: 0 }, { percent: 5, may: 0 }, { percent: 10, may: 0 },
    { percent: 20, may: Math.ceil(calls / 20) },   // of the calls may find no way in that time
];

const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** From now on the page remembers when it was tapped, and when the first picture after that was shown. */
const watchPicture = (page) => page.evaluate(() => {
    window.firstPicture = new Promise((resolve) => {
        document.addEventListener('click', () => {
            const tapped = performance.now();
            const look = () => {
                const video = document.querySelector('video.far');
                if (!video) return requestAnimationFrame(look);
                return video.requestVideoFrameCallback((now) => resolve(now - tapped));
            };
            look();
        }, { capture: true, once: true });
    });
});

describe('first picture', { skip: lacking }, () => {
    const here = networkScene();

    /** One call: ms from the tap to the picture. */
    async function call(phone) {
        await here.house.press();
        const answer = phone.button('Answer with video');
        await answer.waitFor();
        await watchPicture(phone.page);
        await answer.click();
        let timer;
        const took = await Promise.race([
            phone.page.evaluate(() => window.firstPicture),
            new Promise((resolve) => { timer = setTimeout(resolve, Math.max(deadline, patience), Infinity); }),
        ]);
        clearTimeout(timer);
        await here.house.idle();   // it hangs up where the call is not over yet
        return took;
    }

    for (const { percent, may } of losses) {
        test(`at ${percent} % loss the first picture is there within ${patience / 1000} s of the answer in ${calls - may} of ${calls} calls`, async (t) => {
            await here.world.set({});
            const phone = await Phone.open(here.browser, here.house.service.url);
            here.phones.push(phone);
            await phone.logIn();
            if (percent > 0) await here.world.cable.order(`both loss=${percent}`);
            const took = [];
            for (let i = 0; i < calls; i += 1) took.push(await call(phone));
            await here.world.cable.order('both');
            t.diagnostic(`${percent} % lost: median ${Math.round(percentile(took, 0.5))} ms, p95 ${Math.round(percentile(took, 0.95))} ms, `
                + `all ${took.map(Math.round).join(' ')}`);
            const late = took.filter((ms) => ms > patience);
            assert.ok(late.length <= may, `${late.length} of ${calls} later or never`);
        });
    }
});
