import { lossShownAfter } from '../app.mjs';
import { button, fill, h, icon } from '../lib/dom.mjs';
import { t } from '../text/text.mjs';
import { openPairing } from './pair.mjs';

/** The devices that may call us, and that we may call; whether one is on line is not known without a channel. */
export function makeDevices(app) {
    const list = h('ul', { class: 'devices' });
    const none = h('div', { class: 'empty' }, h('div', { class: 'mark' }, icon('door')),
        h('h2', {}, t('devices.none')), h('p', {}, t('devices.noneHint')));
    const failed = h('p', { class: 'trouble', role: 'alert' }, t('devices.failed'));
    const add = button(t('devices.add'), 'plus', { class: 'button', onclick: () => openPairing(app, null) });
    const element = h('section', { class: 'panel panel-devices', 'aria-label': t('devices.title') },
        h('div', { class: 'head' }, h('h1', {}, t('devices.title')), add), failed, none, list);
    let drawn = '';

    function update() {
        const { list: devices, state } = app.devices;
        none.hidden = state !== 'ready' || devices.length > 0;
        failed.hidden = state !== 'failed';
        draw(app.channel.lostFor < lossShownAfter ? devices : devices.map((device) => ({ ...device, online: null })));
        if (app.offered) {
            const pairing = app.offered;
            app.offered = null;
            openPairing(app, pairing);
        }
    }

    /** Only when something differs: a list that is drawn anew under a finger loses the tap. */
    function draw(devices) {
        const text = JSON.stringify(devices);
        if (text === drawn) return;
        drawn = text;
        const focused = document.activeElement?.closest?.('[data-sn]')?.dataset.sn;
        const which = document.activeElement?.dataset?.call;
        fill(list, devices.map((device) => h('li', {}, card(app, device))));
        if (!focused || !which) return;
        [...list.querySelectorAll('[data-sn]')].find((one) => one.dataset.sn === focused)
            ?.querySelector(`[data-call="${which}"]`)?.focus();
    }
    return { element, update };
}

function card(app, device) {
    const words = device.online === null ? 'devices.unknown' : device.online ? 'devices.online' : 'devices.offline';
    const status = h('p', { class: device.online ? 'status online' : 'status' }, h('span', { class: 'dot' }), h('span', {}, t(words)));
    return h('article', { class: 'device', 'data-sn': device.sn },
        avatar(device.name, device.sn),
        h('div', { class: 'who' }, h('h2', {}, device.name), status,
            h('p', { class: 'serial', title: t('devices.serial', { sn: device.sn }) }, device.sn)),
        h('div', { class: 'acts' }, callButton(app, device, 'voice'), callButton(app, device, 'video')));
}

function callButton(app, device, roomType) {
    const label = t(roomType === 'video' ? 'devices.videoTo' : 'devices.voiceTo', { name: device.name });
    return h('button', {
        type: 'button', class: 'round small dial', 'aria-label': label, title: t(`devices.${roomType}`), 'data-call': roomType,
        onclick: () => app.calls.dial(device, roomType, false),
    }, icon(roomType === 'video' ? 'video' : 'phone'));
}

/** The first character of a name on a colour that stays the same for the same device. */
export function avatar(name, sn, size = '') {
    let sum = 0;
    for (const character of sn) sum = (sum * 31 + character.codePointAt(0)) % 997;
    return h('div', { class: `avatar ${size}`, 'data-hue': sum % 6, 'aria-hidden': 'true' }, [...name][0] ?? '?');
}
