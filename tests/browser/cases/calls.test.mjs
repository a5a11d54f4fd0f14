// Calls between a device and the page, signalling alone: who rings, answers, hangs up, and what the page says.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { missing, scene } from '../support/scene.mjs';

describe('calls', { skip: missing }, () => {
    const here = scene({ people: ['reception', 'security'], rooms: { resumeSeconds: 3 }, device: { media: { enabled: false } } });

    test('a press rings the page; it answers and hangs up', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.phase('alerting');
        await phone.page.getByRole('heading', { name: 'Front door is calling' }).waitFor();
        await phone.button('Answer').click();
        await phone.phase('talking');
        await here.house.api.phase('talking');
        await phone.button('Hang up').click();
        const end = await here.house.api.event('hangUpVoip');
        assert.equal(end.data.status, 'endByListener');
        await phone.phase('ended');
    });

    test('the device hangs up: the page says so and lists the call', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer').click();
        await here.house.api.phase('talking');
        await here.house.api.call('voip.forceHangUpVoip', {});
        await phone.phase('ended');
        await phone.button('Done').click();
        await phone.page.getByRole('button', { name: 'Calls' }).click();
        await phone.button('Call Front door').waitFor();
    });

    test('declining is rejectVoip at the device', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Decline').click();
        await here.house.api.event('rejectVoip');
        await phone.phase('ended');
    });

    test('a call that the device takes back stops ringing and counts as missed', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.phase('alerting');
        await here.house.api.call('voip.forceHangUpVoip', {});
        await phone.phase('ended');
        await phone.button('Done').click();
        await phone.page.getByLabel('1 missed').waitFor();
    });

    test('the page calls the device, which answers', async () => {
        const phone = await here.loggedIn();
        await phone.button('Voice call to Front door').click();
        await here.house.api.phase('alerting');
        await phone.phase('ringing');
        await here.house.api.call('voip.answer', {});
        await phone.phase('talking');
        await phone.button('Hang up').click();
        await here.house.api.phase('ended');
    });

    test('the page takes its own call back', async () => {
        const phone = await here.loggedIn();
        await phone.button('Video call to Front door').click();
        await here.house.api.phase('alerting');
        await phone.button('Cancel').click();
        await here.house.api.event('cancelVoip');
    });

    test('the door is opened from an answered call, and the device logs who did it', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.phase('alerting');
        assert.equal(await phone.button('Open the door').count(), 0);
        await phone.button('Answer').click();
        await phone.phase('talking');
        await phone.button('Open the door').click();
        const logged = await here.house.daemon.line(/door opened/);
        assert.match(logged.input, new RegExp(here.house.people.reception));
        await phone.button('The door is open').waitFor();
        await phone.button('Open the door').waitFor();  // closed again after its time
    });

    test('a device in a call is busy for somebody else', async () => {
        const first = await here.loggedIn();
        const second = await here.loggedIn('security');
        await here.house.press();
        await first.button('Answer').click();
        await here.house.api.phase('talking');
        await second.button('Voice call to Front door').click();
        await second.phase('ended');
        await second.page.locator('.call .reason', { hasText: 'The device is in another call' }).waitFor();
        await first.phase('talking');
    });

    test('two windows ring, one answers, the other stops', async () => {
        const one = await here.loggedIn();
        const two = await here.loggedIn();
        await here.house.press();
        await two.phase('alerting');
        await one.button('Answer').click();
        await one.phase('talking');
        await two.page.locator('.call .reason', { hasText: 'somebody else answered' }).waitFor();
    });

    test('a page that is loaded anew in a call is in it again', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer').click();
        await phone.phase('talking');
        await phone.page.reload();
        await phone.phase('talking');
        assert.equal((await here.house.api.call('room.get')).phase, 'talking');
    });

    test('a page that is closed in a call has hung up after the time to come back', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer').click();
        await here.house.api.phase('talking');
        await phone.page.close({ runBeforeUnload: false });
        const end = await here.house.api.event('hangUpVoip');
        assert.equal(end.data.origin, 'other');
        assert.equal(end.data.status, 'endByListener');
    });

    test('the service is restarted in a call: the page comes back to it', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer').click();
        await phone.phase('talking');
        await here.house.service.program.kill();
        await here.house.service.start();
        await here.house.online();
        await phone.page.waitForFunction(() => document.querySelector('.link')?.dataset.state === 'online');
        assert.equal((await here.house.api.call('room.get')).phase, 'talking');
        await phone.button('Hang up').click();
        await here.house.api.event('hangUpVoip');
    });
});
