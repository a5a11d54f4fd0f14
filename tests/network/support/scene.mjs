// What the cases on networks begin with: the world of namespaces with service and TURN server in its public place, the
// device and a browser each in theirs.

import { after, before } from 'node:test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromiumPath, launch, Phone } from '../../browser/support/browser.mjs';
import { lackingMedia, pictures, watchConnections, writeTone } from '../../browser/support/media.mjs';
import { missing, scene } from '../../browser/support/scene.mjs';
import { lackingTurn, secret, stunUrl, Turn, turnUrls } from './turn.mjs';
import { lackingWorld, publicAddress, World } from './world.mjs';

export const lacking = missing || lackingMedia || await lackingWorld() || await lackingTurn() || false;

export const deviceTone = 1000, phoneTone = 700;   // Hz

/** As scene() of the page's tests, and `here.world`, `here.turn`. `options`: {media, ...} */
export function networkScene(options = {}) {
    const folder = lacking ? '' : mkdtempSync(path.join(tmpdir(), 'wmpf-network-'));
    const tone = path.join(folder, 'tone.wav');
    const all = {
        args: ['--dev', '--dev-allow-lan'],
        service: { turn: { urls: [stunUrl, ...turnUrls], secret } },
        chromium: [`--use-file-for-fake-audio-capture=${tone}`],
        ...options,
        device: { media: { enabled: true, display: 'fake', ...options.media }, ...options.device },
    };
    let world;
    before(async () => {
        writeTone(tone, phoneTone);
        world = await World.open();
        all.place = { host: publicAddress, space: world.space('public') };
        all.deviceSpace = world.space('device');
        all.program = path.join(folder, 'chromium');
        writeFileSync(all.program, `#!/bin/sh\nexec ip netns exec ${world.space('phone')} ${chromiumPath} "$@"\n`);
        chmodSync(all.program, 0o755);
    });
    const here = scene(all);
    before(async () => {
        here.world = world;
        await here.startTurn();
    });
    after(async () => {
        await here.turn?.stop();
        await world?.close();
        rmSync(folder, { recursive: true, force: true });
    });
    /** Anew where there is one. @param allowed  private addresses that it may reach */
    here.startTurn = async (allowed = []) => {
        await here.turn?.stop();
        const certificate = path.join(here.house.service.state, 'server.pem');  // with its key
        here.turn = await Turn.start(folder, world.space('public'), { allowed, certificate, key: certificate });
    };
    /** Without camera and microphone, so that it hides its addresses. */
    here.shyBrowser = () => launch({ keyPin: here.house.service.keyPin, devices: false, program: all.program });
    here.talking = (how) => talking(here, how);
    return here;
}

/**
 * The device calls, the page answers and sees it. `relayOnly`: the page takes no other way than the TURN server's.
 * `answer`: the button. `browser`: another one.
 */
async function talking(here, { relayOnly = false, answer = 'Answer with video', browser = here.browser } = {}) {
    const phone = await Phone.open(browser, here.house.service.url);
    here.phones.push(phone);
    await watchConnections(phone.context, relayOnly ? { iceTransportPolicy: 'relay' } : {});
    await phone.page.reload();
    await phone.logIn();
    await here.house.press();
    await phone.button(answer).click();
    await phone.phase('talking');
    await pictures(phone.page);
    return phone;
}

/** What the device counts. */
export const quality = async (here) => (await here.house.api.call('room.get')).media.quality ?? {};

/** Kinds of the two candidates that the page's packets go between: 'host', 'srflx', 'prflx' or 'relay', and how. */
export const route = (page) => page.evaluate(async () => {
    const stats = await window.connections.at(-1).getStats();
    const transport = [...stats.values()].find((one) => one.type === 'transport');
    const pair = stats.get(transport?.selectedCandidatePairId);
    const local = stats.get(pair?.localCandidateId), remote = stats.get(pair?.remoteCandidateId);
    return { local: local?.candidateType, remote: remote?.candidateType, by: local?.relayProtocol ?? local?.protocol };
});
