// What every file of cases begins with: a house, a browser, and a phone in it that is logged in.

import { after, afterEach, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, lacking, Phone } from './browser.mjs';
import { House } from './house.mjs';

export const missing = (await lacking()) || false;

/**
 * Registers the hooks of node:test; `house` and `browser` are there from the first case on. `options`: of House.open,
 * and {chromium: arguments, devices, program} of launch.
 */
export function scene(options = {}) {
    const here = { house: null, browser: null, phones: [] };
    before(async () => {
        here.house = await House.open(options);
        const { chromium: args = [], devices, program } = options;
        here.browser = await launch({ keyPin: here.house.service.keyPin, args, devices, program });
    });
    afterEach(async () => {
        const troubles = here.phones.flatMap((phone) => phone.troubles);
        for (const phone of here.phones.splice(0)) await phone.close();
        if (here.house.api) await here.house.idle();
        here.house.api?.heard.splice(0);  // the next case waits for its own
        assert.deepEqual(troubles, [], 'errors of the page');
    });
    after(async () => {
        await here.browser?.close();
        await here.house?.close();
    });
    here.phone = async (windowOptions = {}) => {
        const phone = await Phone.open(here.browser, here.house.service.url, windowOptions);
        here.phones.push(phone);
        return phone;
    };
    here.loggedIn = async (name = 'reception', windowOptions = {}) => {
        const phone = await here.phone(windowOptions);
        await phone.logIn(name);
        return phone;
    };
    return here;
}
