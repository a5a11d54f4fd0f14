// A device with a screen: what the page's camera sees is shown on it, by a sink of GStreamer's inside the sandbox.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { lackingMedia } from '../support/media.mjs';
import { until } from '../support/programs.mjs';
import { missing, scene } from '../support/scene.mjs';
import { lackingScreen, Screen } from '../support/screen.mjs';

describe('a screen', { skip: missing || lackingMedia || lackingScreen || false }, () => {
    let screen;
    before(async () => {
        screen = await Screen.open();
        process.env.DISPLAY = screen.name;   // the device's programs have it from us
    });
    const here = scene({ device: { media: { enabled: true, display: 'ximagesink' } } });
    after(() => screen.close());

    // Chromium's camera shows a disc that fills, light green on dark; the middle of its left is dark.
    const [x, y] = [60, 240];
    const isGreen = ([red, green, blue]) => green > 90 && red < 60 && blue < 60;

    test('shows the moving picture of the page while it talks, and nothing before and after', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer with video').waitFor();
        assert.deepEqual(screen.look().at(x, y), [0, 0, 0]);
        await phone.button('Answer with video').click();
        await until(() => isGreen(screen.look().at(x, y)), () => `green, not ${screen.look().at(x, y)}`);
        const first = Buffer.from(screen.look().bytes);
        await until(() => !screen.look().bytes.equals(first), 'it moves');
        await phone.button('Hang up').click();
        await until(() => !isGreen(screen.look().at(x, y)), 'it is dark again');
    });
});
