// Sound and picture between the device's media program and the page.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { counted, heardTone, lackingMedia, pictureAge, pictures, watchConnections, writeTone } from '../support/media.mjs';
import { until } from '../support/programs.mjs';
import { missing, scene } from '../support/scene.mjs';

const skip = missing || lackingMedia || false;
const ownTone = 700, deviceTone = 1000;   // Hz
const tone = path.join(tmpdir(), `wmpf-tone-${process.pid}.wav`);
if (!skip) writeTone(tone, ownTone);

describe('media', { skip }, () => {
    const here = scene({
        device: { media: { enabled: true, display: 'fake' } },
        chromium: [`--use-file-for-fake-audio-capture=${tone}`],
    });

    async function talking(answer = 'Answer') {
        const phone = await here.phone();
        await watchConnections(phone.context);
        await phone.page.reload();
        await phone.logIn();
        await here.house.press();
        await phone.button(answer).click();
        await phone.phase('talking');
        await pictures(phone.page);
        return phone;
    }
    const quality = async () => (await here.house.api.call('room.get')).media.quality ?? {};

    test('the picture is 640 x 480 at 10 a second and more, upright, and less than a second old', async () => {
        const { page } = await talking();
        assert.deepEqual(await page.evaluate(() => {
            const { videoWidth, videoHeight } = document.querySelector('video.far');
            return [videoWidth, videoHeight];
        }), [640, 480]);
        const before = await counted(page, 'inbound-rtp', 'video', 'framesDecoded');
        const begun = Date.now();
        await pictures(page, 30);
        const rate = ((await counted(page, 'inbound-rtp', 'video', 'framesDecoded')) - before) / ((Date.now() - begun) / 1000);
        assert.ok(rate >= 10, `${rate} pictures a second`);
        const age = await until(() => pictureAge(page).then((found) => found ?? false), 'a legible clock');
        assert.ok(age < 1000, `the picture is ${age} ms old`);
    });

    test('the page hears the device\'s 1000 Hz, the device hears the page\'s 700 Hz', async () => {
        const phone = await talking();
        const heard = await heardTone(phone.page);
        assert.ok(Math.abs(heard.hertz - deviceTone) < 20 && heard.level > 100, JSON.stringify(heard));
        await until(async () => (await quality()).soundFramesReceived > 100, 'sound at the device');
        await phone.button('Hang up').click();
        const [, hertz] = await here.house.daemon.line(/speaker heard.*dominantHz=(\d+)/);
        assert.ok(Math.abs(Number(hertz) - ownTone) <= 50, `the device heard ${hertz} Hz`);
    });

    test('without camera no packet of a picture leaves the page; switched on it is seen, and off again', async () => {
        const phone = await talking();
        const sent = () => counted(phone.page, 'outbound-rtp', 'video', 'packetsSent');
        await pictures(phone.page, 30);
        assert.equal(await sent(), 0);
        assert.equal((await quality()).framesReceived ?? 0, 0);
        await phone.button('Camera on').click();
        await until(async () => (await quality()).framesReceived > 5, 'our picture at the device');
        await phone.button('Camera off').click();
        await phone.button('Camera on').waitFor();
        const last = await until(async () => {
            const before = await sent();
            await pictures(phone.page, 10);
            return before === (await sent()) && before;
        }, 'an end of our picture');
        await pictures(phone.page, 30);
        assert.equal(await sent(), last);
    });

    test('answered with video the device sees us from the beginning', async () => {
        const phone = await talking('Answer with video');
        await until(async () => (await quality()).framesReceived > 5, 'our picture at the device');
        await phone.page.getByLabel('Your picture').waitFor();
    });

    test('the device\'s camera off shows words instead of a frozen picture, on shows it again', async () => {
        const phone = await talking();
        await phone.page.getByLabel('Picture of Front door').waitFor();
        await here.house.api.call('voip.setMedia', { camera: false });
        await phone.page.getByText('Camera is off', { exact: true }).waitFor();
        await here.house.api.call('voip.setMedia', { camera: true });
        await phone.page.getByLabel('Picture of Front door').waitFor();
        await pictures(phone.page);
    });

    test('the device\'s microphone off is silence at the page, on it is heard again', async () => {
        const phone = await talking();
        const heard = () => heardTone(phone.page, 1);
        const isTone = ({ hertz, level }) => Math.abs(hertz - deviceTone) < 20 && level > 100;
        await until(async () => isTone(await heard()), 'the tone');
        await here.house.api.call('voip.setMedia', { microphone: false });
        await until(async () => (await heard()).level < 20, 'silence');
        await here.house.api.call('voip.setMedia', { microphone: true });
        await until(async () => isTone(await heard()), 'the tone again');
    });

    test('a page that is loaded anew sees and hears the device again', async () => {
        const phone = await talking();
        await phone.page.reload();
        await phone.phase('talking');
        await pictures(phone.page);
        const heard = await heardTone(phone.page);
        assert.ok(Math.abs(heard.hertz - deviceTone) < 20, JSON.stringify(heard));
    });

    test('the service is killed in a call: pictures go on, and the room is resumed', async () => {
        const phone = await talking();
        const connections = await phone.page.evaluate(() => window.connections.length);
        await here.house.service.program.kill();
        await pictures(phone.page, 30);
        await here.house.service.start();
        await here.house.online();
        await phone.page.waitForFunction(() => document.querySelector('.link')?.dataset.state === 'online');
        await pictures(phone.page, 15);
        assert.equal(await phone.page.evaluate(() => window.connections.length), connections, 'the connection was kept');
        await phone.button('Hang up').click();
        await here.house.api.event('hangUpVoip');
    });

    test('the page calls the device: its picture comes when it answers', async () => {
        const phone = await here.phone();
        await watchConnections(phone.context);
        await phone.page.reload();
        await phone.logIn();
        await phone.button('Video call to Front door').click();
        await here.house.api.phase('alerting');
        await here.house.api.call('voip.answer', {});
        await phone.phase('talking');
        await pictures(phone.page);
    });

    test('a voice call has sound and no picture', async () => {
        const phone = await here.phone();
        await watchConnections(phone.context);
        await phone.page.reload();
        await phone.logIn();
        await phone.button('Voice call to Front door').click();
        await here.house.api.phase('alerting');
        await here.house.api.call('voip.answer', {});
        await phone.phase('talking');
        await until(() => phone.page.evaluate(() => Boolean(document.querySelector('audio')?.srcObject)), 'sound');
        const heard = await heardTone(phone.page);
        assert.ok(Math.abs(heard.hertz - deviceTone) < 20, JSON.stringify(heard));
        assert.equal(await counted(phone.page, 'inbound-rtp', 'video', 'packetsReceived'), 0);
    });
});
