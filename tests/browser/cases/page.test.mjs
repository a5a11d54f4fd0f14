// The page between calls: logging in, devices, languages, looks, keyboard, contrast.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deskSize } from '../support/browser.mjs';
import { root, until } from '../support/programs.mjs';
import { missing, scene } from '../support/scene.mjs';

const axe = missing ? '' : readFileSync(path.join(root, 'tests/browser/node_modules/axe-core/axe.min.js'), 'utf8');

/** What the accessibility checker finds, contrast included. */
async function faults(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }));
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 90)).join(' | ')}`);
}

describe('the page', { skip: missing }, () => {
    const here = scene({ device: { media: { enabled: false } } });

    test('an enrolment code logs in once', async () => {
        const made = await here.house.service.admin('user', 'enrol', 'reception');
        const code = /\b[0-9A-Za-z_-]{22,32}\b/.exec(made)[0];
        const phone = await here.phone();
        await phone.page.getByLabel('Enrolment code').fill(code);
        await phone.page.keyboard.press('Enter');
        await phone.page.getByText('Connected', { exact: true }).waitFor();
        const second = await here.phone();
        await second.page.getByLabel('Enrolment code').fill(code);
        await second.page.keyboard.press('Enter');
        await second.page.getByText('That code is wrong, was used already, or is older than ten minutes.').waitFor();
    });

    test('the device is listed as on line, and a login survives a reload', async () => {
        const phone = await here.loggedIn();
        await phone.page.getByText('Online', { exact: true }).waitFor();
        await phone.page.reload();
        await phone.page.getByText('Connected', { exact: true }).waitFor();
    });

    test('a link with a pairing code authorises the device after a question', async () => {
        const phone = await here.loggedIn();
        const ticket = await here.house.service.ticket('house-0001');
        await phone.page.evaluate((text) => { location.hash = text; }, `sn=house-0001&modelId=model-1&snTicket=${ticket}`);
        await phone.page.getByText('Allow this device to call you?').waitFor();
        await phone.button('Allow').click();
        await phone.page.getByText(/may call you now/).waitFor();
    });

    test('Chinese by the browser, and back by choice', async () => {
        const phone = await here.phone({ locale: 'zh-CN' });
        assert.equal(await phone.page.getAttribute('html', 'lang'), 'zh-CN');
        assert.match(await phone.page.innerText('body'), /[\u4e00-\u9fff]/);
    });

    for (const colorScheme of ['light', 'dark'])
        for (const viewport of [{ width: 390, height: 844 }, deskSize])
            test(`no fault of accessibility: ${colorScheme}, ${viewport.width} wide`, async () => {
                const phone = await here.phone({ colorScheme, viewport, reducedMotion: 'reduce' });
                assert.deepEqual(await faults(phone.page), [], 'login');
                await phone.logIn();
                assert.deepEqual(await faults(phone.page), [], 'home');
                await phone.button('Add a device').first().click();
                await phone.button('Continue').click();
                assert.deepEqual(await faults(phone.page), [], 'adding a device');
                await phone.button('Close').click();
                await phone.button('Settings').click();
                assert.deepEqual(await faults(phone.page), [], 'settings');
                await here.house.press();
                await phone.phase('alerting');
                assert.deepEqual(await faults(phone.page), [], 'ringing');
                await phone.button('Answer').click();
                await phone.phase('talking');
                assert.deepEqual(await faults(phone.page), [], 'talking');
                await phone.button('Connection details').click();
                await phone.button('Volume').click();
                assert.deepEqual(await faults(phone.page), [], 'talking, with all that can be opened');
                await here.house.api.call('voip.forceHangUpVoip', {});
                await phone.phase('ended');
                assert.deepEqual(await faults(phone.page), [], 'over');
                await phone.button('Done').click();
                await phone.page.locator('[data-section="history"]').last().click();
                assert.deepEqual(await faults(phone.page), [], 'calls');
                await phone.button('Delete the list').click();
                assert.deepEqual(await faults(phone.page), [], 'deleting the list');
            });

    test('keyboard alone: answer and hang up', async () => {
        const phone = await here.loggedIn();
        await here.house.press();
        const settled = () => phone.page.locator('.call:not(.settling)').waitFor({ state: 'attached' });
        await phone.phase('alerting');
        await settled();
        await phone.page.keyboard.press('Enter');
        await phone.phase('talking');
        await settled();
        await phone.page.keyboard.press('Enter');
        await here.house.api.event('hangUpVoip');
    });

    test('keyboard alone: the focus is where a person left it, and begins at the heading of a new screen', async () => {
        const phone = await here.phone();
        const { page } = phone;
        const focused = (name, role = 'button') => page.getByRole(role, { name, exact: true }).and(page.locator(':focus')).waitFor();
        const tabTo = async (name, role) => {
            await until(async () => {
                await page.keyboard.press('Tab');
                return (await page.getByRole(role ?? 'button', { name, exact: true }).and(page.locator(':focus')).count()) > 0;
            }, `the keyboard at ${name}`);
        };
        await phone.button('reception').waitFor();
        await tabTo('reception');
        await page.keyboard.press('Enter');
        await focused('Devices', 'heading');
        await tabTo('Settings');
        await page.keyboard.press('Enter');
        await tabTo('Language', 'combobox');
        await page.keyboard.press('ArrowDown');
        await focused('语言', 'combobox');
        await page.keyboard.press('ArrowDown');
        await focused('Language', 'combobox');
        await tabTo('Devices');
        await page.keyboard.press('Enter');
        await tabTo('Add a device');
        await page.keyboard.press('Enter');
        await focused('Text or link of the code', 'textbox');
        await page.keyboard.press('Escape');
        await focused('Add a device');
        await here.house.press();
        await focused('Answer');
        await page.locator('.call:not(.settling)').waitFor();
        await page.keyboard.press('Enter');
        await phone.phase('talking');
        await page.locator('.call:not(.settling)').waitFor();
        await tabTo('Volume');
        await page.keyboard.press('Enter');
        await focused('Volume of the device', 'slider');
        await page.keyboard.press('Escape');
        await focused('Volume');
        await here.house.api.call('voip.forceHangUpVoip', {});
        await focused('Done');
        await page.locator('.call:not(.settling)').waitFor();
        await page.keyboard.press('Enter');
        await focused('Add a device');
    });

    test('logging out without the service says so, and nothing else happens', async () => {
        const phone = await here.loggedIn();
        await phone.button('Settings').click();
        await phone.context.route('**/v1/user/logout', (route) => route.abort());
        await phone.button('Log out').click();
        await phone.page.getByText('The service could not be reached. Check the network.').waitFor();
        await phone.page.getByText('Logged in as reception').waitFor();
    });

    test('nothing is loaded from elsewhere, and no script of the page is inline', async () => {
        const { headers } = await here.house.service.http('GET', '/');
        assert.match(headers['content-security-policy'], /default-src 'self'|default-src 'none'/);
        assert.doesNotMatch(headers['content-security-policy'], /unsafe-inline|unsafe-eval|\*/);
    });
});
