// What a thumb, a hurried finger and a small screen make of the page.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { until } from '../support/programs.mjs';
import { missing, scene } from '../support/scene.mjs';

const screens = {
    'a phone': [390, 844], 'the smallest phone': [320, 568], 'a phone on its side': [844, 390],
    'a window enlarged to twice its size': [640, 400], 'a desk': [1280, 800],
};

/** Buttons of the call that cannot be pressed where they are: out of the window, behind something, or cut off. */
const outOfReach = (page) => page.evaluate(() => {
    const found = [];
    for (const button of document.querySelectorAll('.call button')) {
        const box = button.getBoundingClientRect();
        if (!box.width) continue;
        const isInside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
        if (!isInside || !button.contains(top)) found.push(`${button.textContent}: ${JSON.stringify(box)}`);
        if (box.width < 44 || box.height < 44) found.push(`${button.textContent} is ${box.width} x ${box.height}`);
    }
    for (const words of document.querySelectorAll('.call h1, .call .note, .call .notes li')) {
        const box = words.getBoundingClientRect();
        if (box.left < 0 || box.right > innerWidth) found.push(`${words.textContent}: ${JSON.stringify(box)}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page can be moved sideways');
    return found;
});

/** Nothing is pressed by what was meant for the face before. */
const settled = (page) => page.locator('.call:not(.settling)').waitFor({ state: 'attached' });

/** What is out of reach on any of the screens. */
async function faultsOn(page, sizes) {
    const faults = {};
    for (const [name, [width, height]] of Object.entries(sizes)) {
        await page.setViewportSize({ width, height });
        const found = await outOfReach(page);
        if (found.length > 0) faults[name] = found;
    }
    return faults;
}

/** Rings, answers without a microphone, is hung up, and looks at every button on each screen. */
async function lookAtCall(here, locale, sizes = screens) {
    const phone = await here.phone({ locale });
    await phone.context.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await phone.page.reload();
    await phone.button('reception').click();
    await phone.page.locator('.link[data-state="online"]').waitFor();
    assert.deepEqual(await faultsOn(phone.page, sizes), {}, 'home');
    await here.house.press();
    await phone.phase('alerting');
    await settled(phone.page);
    assert.deepEqual(await faultsOn(phone.page, sizes), {}, 'ringing');
    await phone.page.locator('.big.answer').last().click();
    await phone.page.locator('.door').nth(1).waitFor();
    await phone.page.locator('.notes li').nth(1).waitFor();
    await settled(phone.page);
    assert.deepEqual(await faultsOn(phone.page, sizes), {}, 'talking');
    await here.house.api.call('voip.forceHangUpVoip', {});
    await phone.phase('ended');
    await settled(phone.page);
    assert.deepEqual(await faultsOn(phone.page, sizes), {}, 'over');
    return phone;
}

const twoDoors = { relays: [{ name: 'door', fromCall: true }, { name: 'underground garage', fromCall: true }] };

describe('in reach on 5 screens', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false }, board: twoDoors } });
    for (const locale of ['en-GB', 'zh-CN']) test(`every button of a call, ${locale}`, () => lookAtCall(here, locale));
});

describe('in reach with a device that has no name, on 5 screens', { skip: missing }, () => {
    const sn = 'SN-'.padEnd(128, 'ABCDEFGHIJ0123456789-');
    const here = scene({ device: { media: { enabled: false }, board: twoDoors }, deviceName: '', sn });
    test('every button of a call', async () => {
        const { page } = await lookAtCall(here, 'en-GB');
        assert.equal(await page.locator('.call h1').textContent(), sn);
    });
});

describe('in reach with letters of twice the size', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false }, board: twoDoors }, chromium: ['--blink-settings=defaultFontSize=32'] });
    for (const locale of ['en-GB', 'zh-CN'])
        test(`every button of a call on a phone, ${locale}`, () => lookAtCall(here, locale, { 'a phone': screens['a phone'] }));
});

describe('a hurried finger', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false } } });
    const phaseOf = async () => (await here.house.api.call('room.get')).phase;

    test('a second tap on Answer does not hang up', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.button('Answer').click();
        const { x, y } = await phone.page.locator('.call .big.refuse').evaluate((button) => button.getBoundingClientRect());
        await phone.page.mouse.click(x + 30, y + 30);
        await phone.phase('talking');
        await here.house.api.phase('talking');
        await phone.button('Hang up').click();   // meant: after a while
        await here.house.api.event('hangUpVoip');
    });

    test('a key that is held down while a call comes in neither answers nor hangs up', async () => {
        const phone = await here.loggedIn();
        await phone.page.keyboard.down('Enter');
        await here.house.press();
        await phone.phase('alerting');
        await phone.page.keyboard.down('Enter');   // repeated by the keyboard
        await settled(phone.page);
        await phone.page.keyboard.down('Enter');
        assert.equal(await phaseOf(), 'ringing');
        await phone.page.keyboard.up('Enter');
        await phone.page.keyboard.press('Enter');  // meant
        await phone.phase('talking');
    });

    test('a call goes before an open dialog, which is back after it with what was typed', async () => {
        const phone = await here.loggedIn();
        await phone.button('Add a device').first().click();
        await phone.page.getByLabel('Text or link of the code').fill('sn=half');
        await here.house.press();
        await phone.button('Answer').click();
        await phone.phase('talking');
        assert.equal(await phone.page.locator('dialog[open]').count(), 0);
        await here.house.api.call('voip.forceHangUpVoip', {});
        await phone.button('Done').click();
        const text = phone.page.getByLabel('Text or link of the code');
        await text.waitFor();
        assert.equal(await text.inputValue(), 'sn=half');
        assert.equal(await text.evaluate((element) => element === document.activeElement), true);
        await phone.button('Close').click();
        await until(async () => (await phone.page.locator('dialog').count()) === 0, 'no dialog');
    });
});

describe('what cannot be known or used', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false } } });

    test('without a connection no device is shown as on line', async () => {
        const phone = await here.loggedIn();
        await phone.page.getByText('Online', { exact: true }).waitFor();
        await here.house.service.program.kill();
        await phone.page.getByText('Not known now').waitFor();
        assert.deepEqual(await phone.page.evaluate(() => [...document.querySelectorAll('.device use')]
            .filter((picture) => picture.getBoundingClientRect().width < 5).map((picture) => picture.getAttribute('href'))), []);
        await here.house.service.start();
        await here.house.online();
        await phone.page.getByText('Online', { exact: true }).waitFor();
    });

    test('a blocked microphone is told with what to do, and opens by itself when it is allowed', async () => {
        const phone = await here.phone();
        await phone.context.addInitScript(() => {
            const plain = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            const permission = Object.assign(new EventTarget(), { state: 'denied' });
            window.allow = () => {
                permission.state = 'granted';
                permission.onchange();
            };
            navigator.permissions.query = async () => permission;
            navigator.mediaDevices.getUserMedia = async (wanted) => {
                if (permission.state !== 'granted') throw new DOMException('no', 'NotAllowedError');
                return plain(wanted);
            };
        });
        await phone.page.reload();
        await phone.logIn();
        await here.house.press();
        await phone.button('Answer').click();
        const note = phone.page.getByText('They cannot hear you. Tap the sign beside the address and allow the microphone.');
        await note.waitFor();
        await phone.button('Microphone on').click();   // tried again, still not allowed
        await note.waitFor();
        await phone.page.evaluate(() => window.allow());
        await phone.button('Mute').waitFor();
        assert.equal(await note.count(), 0);
    });
});
