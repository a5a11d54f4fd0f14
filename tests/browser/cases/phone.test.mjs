// What the page does with the phone it runs on: two cameras, a code held before the camera, the page kept and installed.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { counted, lackingMedia, pictureAge, pictures, watchConnections } from '../support/media.mjs';
import { until } from '../support/programs.mjs';
import { missing, scene } from '../support/scene.mjs';

/** Keeps what the page asked of cameras, and the tracks that it got. Before the page is loaded. */
const watchCameras = (context) => context.addInitScript(() => {
    const devices = navigator.mediaDevices, plain = devices.getUserMedia.bind(devices);
    window.opened = [];
    devices.getUserMedia = async (wanted) => {
        const stream = await plain(wanted);
        if (wanted.video) window.opened.push({ wanted: wanted.video, track: stream.getVideoTracks()[0] });
        return stream;
    };
    // Chromium's second fake camera gives depths, which no video has.
    const all = devices.enumerateDevices.bind(devices);
    devices.enumerateDevices = async () => (await all()).filter(({ label }) => label !== 'fake_device_1');
});

const opened = (page) => page.evaluate(() => window.opened.map(({ wanted, track }) =>
    ({ facing: wanted.facingMode?.ideal, device: track.getSettings().deviceId, state: track.readyState })));

describe('two cameras', { skip: missing || lackingMedia || false }, () => {
    const here = scene({
        device: { media: { enabled: true, display: 'fake' } },
        chromium: ['--use-fake-device-for-media-stream=device-count=3'],
    });
    const seen = async () => (await here.house.api.call('room.get')).media.quality?.framesReceived ?? 0;

    test('turned, the other camera is sent without a new connection, and the first one is closed', async () => {
        const phone = await here.phone();
        await watchConnections(phone.context);
        await watchCameras(phone.context);
        await phone.page.reload();
        await phone.logIn();
        await here.house.press();
        await phone.button('Answer with video').click();
        await phone.phase('talking');
        await until(async () => (await seen()) > 5, 'our picture at the device');
        const connections = await phone.page.evaluate(() => window.connections.length);
        await phone.button('Turn camera').click();
        await until(async () => (await opened(phone.page)).filter(({ state }) => state === 'live').length === 1
            && (await opened(phone.page)).length > 1, 'one camera that is open');
        const cameras = await opened(phone.page);
        assert.equal(cameras[0].facing, 'user');
        assert.equal(cameras[1].facing, 'environment');
        assert.notEqual(cameras.at(-1).device, cameras[0].device);
        assert.equal(cameras[0].state, 'ended');
        const before = await seen();
        await until(async () => (await seen()) > before + 10, 'the other camera at the device');
        assert.equal(await phone.page.evaluate(() => window.connections.length), connections);
        await pictures(phone.page);
        assert.ok((await counted(phone.page, 'outbound-rtp', 'video', 'packetsSent')) > 0);
    });
});

describe('a camera that is mounted sideways', { skip: missing || lackingMedia || false }, () => {
    const here = scene({ device: { media: { enabled: true }, board: { camera: { rotation: 90 } } } });

    test('is shown upright: taller than wide, and its clock can be read', async () => {
        const phone = await here.phone();
        await watchConnections(phone.context);
        await phone.page.reload();
        await phone.logIn();
        await here.house.press();
        await phone.button('Answer').click();
        await phone.phase('talking');
        await pictures(phone.page);
        const age = await until(() => pictureAge(phone.page).then((found) => found ?? false), 'a legible clock');
        assert.ok(age < 5000, `the picture is ${age} ms old`);
        const size = await phone.page.evaluate(() => {
            const { videoWidth, videoHeight } = document.querySelector('video.far');
            return [videoWidth, videoHeight];
        });
        assert.deepEqual(size, [480, 640]);
    });
});

describe('one camera', { skip: missing || lackingMedia || false }, () => {
    const here = scene({ device: { media: { enabled: true, display: 'fake' } } });

    test('there is nothing to turn to', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer with video').click();
        await phone.phase('talking');
        await phone.page.getByLabel('Your picture').waitFor();
        assert.equal(await phone.button('Turn camera').isVisible(), false);
    });
});

describe('a code before the camera', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false } } });

    /** Stands for the browser's reader of codes, which this Chromium does not have: "sees" `text` in a live picture. */
    const reader = (context, text) => context.addInitScript((code) => {
        window.BarcodeDetector = class {
            static getSupportedFormats() { return Promise.resolve(['qr_code']); }
            async detect(video) { return video.videoWidth > 0 && !video.paused ? [{ rawValue: code }] : []; }
        };
    }, text);
    async function pairing(text) {
        const phone = await here.phone();
        if (text) await reader(phone.context, text);
        await watchCameras(phone.context);
        await phone.page.reload();
        await phone.logIn();
        await phone.button('Add a device').first().click();
        await phone.page.getByLabel('Text or link of the code').waitFor();
        return phone;
    }

    test('is scanned by the camera that looks away, asked about, and the camera is closed', async () => {
        const ticket = await here.house.service.ticket('house-0001');
        const phone = await pairing(`sn=house-0001&modelId=model-1&snTicket=${ticket}`);
        await phone.button('Scan the code').click();
        await phone.page.getByText('Allow this device to call you?').waitFor();
        const cameras = await opened(phone.page);
        assert.deepEqual(cameras.map(({ facing }) => facing), ['environment']);
        await until(async () => (await opened(phone.page))[0].state === 'ended', 'a closed camera');
        await phone.button('Allow').click();
        await phone.page.getByText(/may call you now/).waitFor();
    });

    test('that is none of ours is told, and looking goes on', async () => {
        const phone = await pairing('https://example.org/menu');
        await phone.button('Scan the code').click();
        await phone.page.getByText('This code belongs to something else.').waitFor();
        assert.equal((await opened(phone.page))[0].state, 'live');
    });

    test('a browser that cannot read codes offers none of it, and the code can be typed', async () => {
        const phone = await pairing('');
        assert.equal(await phone.button('Scan the code').isVisible(), false);
    });
});

describe('the page on the phone', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false } } });

    test('the browser finds no fault in the manifest, and every icon has the size that it tells', async () => {
        const phone = await here.phone({ serviceWorkers: 'allow' });
        const browser = await phone.context.newCDPSession(phone.page);
        const { errors, data } = await browser.send('Page.getAppManifest');
        assert.deepEqual(errors, []);
        const manifest = JSON.parse(data);
        for (const { src, sizes, type } of manifest.icons) {
            const size = await phone.page.evaluate(async (address) => {
                const image = new Image();
                image.src = address;
                await image.decode();
                return `${image.naturalWidth}x${image.naturalHeight}`;
            }, src);
            if (type === 'image/png') assert.equal(size, sizes, src);
        }
        await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
        const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
        assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
    });

    test('a call rings aloud and shakes the phone, again and again, until it is answered', async () => {
        const phone = await here.phone();
        await phone.context.addInitScript(() => {
            window.shaken = [];
            window.sounding = 0;
            navigator.vibrate = (pattern) => window.shaken.push(pattern);
            const { start, stop } = AudioBufferSourceNode.prototype;
            AudioBufferSourceNode.prototype.start = function (...given) { window.sounding += 1; return start.apply(this, given); };
            AudioBufferSourceNode.prototype.stop = function (...given) { window.sounding -= 1; return stop.apply(this, given); };
        });
        await phone.page.reload();
        await phone.logIn();
        await here.house.press();
        await phone.phase('alerting');
        const [shaken, sounding] = await phone.page.evaluate(() => [window.shaken, window.sounding]);
        assert.deepEqual(shaken, [[500, 250, 500]]);
        assert.equal(sounding, 1);
        await phone.page.waitForFunction(() => window.shaken.length === 2);
        await phone.button('Answer').click();
        await phone.phase('talking');
        assert.deepEqual(await phone.page.evaluate(() => [window.shaken.at(-1), window.sounding]), [0, 0]);
    });

    test('with the service away the page opens from what was kept, and comes back by itself', async () => {
        const phone = await here.phone({ serviceWorkers: 'allow' });
        await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
        await phone.page.reload();   // by the worker: every file is kept now
        await phone.logIn();
        await here.house.service.program.kill();
        await phone.page.reload();
        await phone.page.getByText('The service cannot be reached. Trying again by itself.').waitFor();
        await here.house.service.start();
        await phone.page.getByText('Connected', { exact: true }).waitFor();
        await here.house.online();
    });
});
