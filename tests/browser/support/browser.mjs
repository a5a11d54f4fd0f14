// Headless Chromium with a fake camera and microphone, and the page as a person uses it: by roles and names.

import { existsSync } from 'node:fs';
import { deadline } from './programs.mjs';

export const chromiumPath = process.env.WMPF_CHROMIUM ?? '/usr/bin/chromium';

const quiet = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--mute-audio',
];
const fakeDevices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Why browser tests cannot run here; '' when they can. */
export async function lacking() {
    if (!existsSync(chromiumPath)) return `no Chromium at ${chromiumPath}`;
    try {
        await import('playwright-core');
    } catch {
        return 'playwright-core is not installed (npm ci in tests/browser)';
    }
    return '';
}

/**
 * @param {{keyPin: string, args?: string[], devices?: boolean, program?: string}} options  keyPin: of the service;
 * devices: with a fake camera and microphone that nobody is asked about; program: what starts Chromium
 */
export async function launch({ keyPin, args = [], devices = true, program = chromiumPath }) {
    const { chromium } = await import('playwright-core');
    return chromium.launch({
        executablePath: program,
        args: [...quiet, ...(devices ? fakeDevices : []), `--ignore-certificate-errors-spki-list=${keyPin}`, ...args],
    });
}

export const phoneSize = { width: 390, height: 844 };
export const deskSize = { width: 1280, height: 800 };

/** One browser window on the page. */
export class Phone {
    troubles = [];   // errors of the page's scripts

    /** @param options  of Browser.newContext: locale, colorScheme, viewport ... */
    static async open(browser, url, options = {}) {
        const phone = new Phone();
        phone.url = url;
        phone.context = await browser.newContext({ viewport: phoneSize, locale: 'en-GB', serviceWorkers: 'block', ...options });
        phone.context.setDefaultTimeout(deadline);
        phone.page = await phone.window();
        return phone;
    }

    /** Another window of the same browser. */
    async window() {
        const page = await this.context.newPage();
        page.on('pageerror', (error) => this.troubles.push(error.stack ?? error.message));
        page.on('console', (message) => {
            const text = message.text();
            if (message.type() === 'error' && !/^Failed to load resource|WebSocket connection|ERR_/.test(text)) this.troubles.push(text);
        });
        await page.goto(this.url);
        return page;
    }

    button(name, page = this.page) { return page.getByRole('button', { name, exact: true }); }

    async logIn(name = 'reception', page = this.page) {
        await this.button(name, page).click();
        await page.getByText('Connected', { exact: true }).waitFor();
    }

    /** What stands in the phase of the call: 'idle', 'alerting', 'talking' ... */
    phase(phase, page = this.page) {
        return page.locator(`.call[data-phase="${phase}"]`).waitFor({ state: 'attached' });
    }

    async close() { await this.context.close(); }
}
