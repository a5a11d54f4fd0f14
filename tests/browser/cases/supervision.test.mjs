// Calls with sound and picture, and what the daemon makes of a media program that dies, a service that restarts, a page
// that is reloaded.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lackingMedia } from '../support/media.mjs';
import { missing, scene } from '../support/scene.mjs';
import { until } from '../support/programs.mjs';

describe('supervision', { skip: missing || lackingMedia || false }, () => {
    const here = scene({ device: { media: { enabled: true } } });

    async function talk() {
        const phone = await here.loggedIn();
        await here.house.press();
        await phone.phase('alerting');
        await phone.button('Answer').click();
        await here.house.api.phase('talking');
        return phone;
    }
    const room = () => here.house.api.call('room.get');
    /** The media programs that our daemon has started. */
    function programs() {
        const parent = String(here.house.daemon.process.pid);
        const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n');
        return lines.map((line) => line.trim().split(/\s+/))
            .filter(([, ppid, , name]) => ppid === parent && name?.includes('wmpf-voip-media'))
            .map(([pid, , stat]) => ({ pid: Number(pid), stat }));
    }

    test('numbers are there while it talks, in the record when it is over, and no process is left', async () => {
        await talk();
        await until(async () => (await room()).media.quality?.framesSent > 15, 'pictures are counted');
        const { media } = await room();
        assert.equal(media.state, 'flowing');
        assert.deepEqual([media.camera, media.microphone], [true, true]);
        assert.equal(programs().length, 1);
        await here.house.api.call('voip.forceHangUpVoip', {});
        await until(() => programs().length === 0, 'no media program is left');
        const record = (await here.house.api.call('call.history')).calls[0];
        assert.equal(record.quality.width, 640);
    });

    test('a media program that is killed ends the call with its reason, and the next one works', async () => {
        await talk();
        process.kill(programs()[0].pid, 'SIGKILL');
        const end = await here.house.api.event('abortVoip');
        assert.equal(end.data.error.errCode, 2005);
        assert.match(end.data.error.errMsg, /killed by signal 9/);
        const health = await here.house.api.call('health.get');
        assert.match(health.parts.find((part) => part.name === 'media').reason, /killed by signal 9/);
        await here.house.idle();
        assert.equal(programs().length, 0);
        await talk();
        const healed = await here.house.api.call('health.get');
        assert.equal(healed.parts.find((part) => part.name === 'media').state, 'ok');
        await here.house.api.call('voip.forceHangUpVoip', {});
    });

    test('a media program that is stopped in a call is found out, ends the call and is gone', async () => {
        await talk();
        process.kill(programs()[0].pid, 'SIGSTOP');
        const end = await here.house.api.event('abortVoip');
        assert.equal(end.data.error.errCode, 2005);
        await until(() => programs().length === 0, 'no media program is left');
    });

    test('the camera is switched off and on in a call', async () => {
        await talk();
        assert.equal((await here.house.api.call('voip.setMedia', { camera: false })).camera, false);
        await until(async () => !(await room()).media.camera, 'the camera is off');
        await here.house.api.call('voip.setMedia', { camera: true, volume: 40 });
        await until(async () => (await room()).media.camera, 'the camera is on');
        await here.house.api.call('voip.forceHangUpVoip', {});
    });

    test('the service is killed and comes back: media flows on, the room is resumed, a hang-up reaches the page', async () => {
        const phone = await talk();
        await until(async () => (await room()).media.quality, 'it is measured');
        await here.house.service.program.kill();
        await until(async () => (await here.house.api.call('device.get')).channel.state !== 'online', 'off line');
        const before = (await room()).media.quality.framesSent;
        await here.house.service.start();
        await until(async () => (await here.house.api.call('device.get')).channel.state === 'online', 'on line');
        await until(async () => (await room()).media.quality.framesSent > before + 15, 'pictures go on');
        const now = await room();
        assert.deepEqual([now.phase, now.media.state], ['talking', 'flowing']);
        await here.house.api.call('voip.forceHangUpVoip', {});
        await phone.phase('ended');
    });

    test('a page that is reloaded in a call gets a new connection, and media flows again', async () => {
        const phone = await talk();
        await until(async () => (await room()).media.quality, 'it is measured');
        await phone.page.reload();
        await here.house.api.wait((method, params) => method === 'room.changed' &&
            params.media.state === 'interrupted', 'interrupted');
        await until(async () => (await room()).media.state === 'flowing', 'flowing again');
        assert.equal((await room()).phase, 'talking');
        await here.house.api.call('voip.forceHangUpVoip', {});
    });
});
