// The call that is being made or talked: picture, words about what happens, and what can be done.

import { lossShownAfter } from '../app.mjs';
import { h, setAttribute, setText } from '../lib/dom.mjs';
import { clockText } from '../lib/time.mjs';
import { isTrouble } from '../media/capture.mjs';
import { t } from '../text/text.mjs';
import { makeControls } from './controls.mjs';
import { avatar } from './devices.mjs';
import { makeDoors } from './doors.mjs';
import { makeInfo } from './info.mjs';
import { makeStage } from './stage.mjs';

export function makeTalk(app) {
    const { peer, roomType } = app.calls.state;
    const status = h('p', { class: 'status-line', role: 'status' });
    const clock = h('p', { class: 'clock', role: 'timer' });
    const notes = h('ul', { class: 'notes', 'aria-live': 'polite' });
    const stage = makeStage(app, roomType);
    const info = makeInfo(app);
    const doors = makeDoors(app);
    const controls = makeControls(app, stage);
    const caption = h('p', { class: 'kind' });
    const middle = h('div', { class: 'middle caller' }, avatar(peer.name, peer.sn, 'large'), caption);
    const element = h('div', { class: `face talk ${roomType}` },
        stage.element,
        h('header', {},
            h('div', { class: 'title' }, h('h1', { id: 'call-title' }, peer.name), status, clock), info.button),
        middle, info.panel,
        h('footer', {}, notes, doors.element, controls.element));

    function update() {
        const { phase, since } = app.calls.state;
        if (!app.calls.link) return;
        stage.update();
        info.update();
        doors.update();
        controls.update();
        setText(status, statusText(app));
        setText(clock, phase === 'talking' ? clockText((Date.now() - since) / 1000) : '');
        const hasPicture = stage.showsPicture();
        middle.hidden = hasPicture;
        const isOff = roomType === 'video' && app.calls.link.status === 'flowing' && !app.calls.link.far.camera;
        setText(caption, isOff ? t('call.noPicture') : '');
        element.classList.toggle('with-picture', hasPicture);
        setAttribute(element, 'data-media', app.calls.link.status);
        drawNotes(notes, notesOf(app, stage));
    }
    const alarm = setInterval(update, 500);  // the clock
    return {
        element, update,
        leave() {
            clearInterval(alarm);
            stage.leave();
        },
    };
}

/** What is going on, where it is not simply a talk. */
function statusText(app) {
    const { state, link } = app.calls;
    if (state.phase !== 'talking') return t(`call.${state.phase}`);
    if (link.status === 'waiting') return t('call.waiting');
    if (link.status === 'interrupted') return t('call.interrupted');
    return link.status === 'none' ? t('call.noMedia') : '';
}

/** What a person should know, and can often mend. */
function notesOf(app, stage) {
    const { capture, far, status } = app.calls.link;
    const notes = [];
    const word = (device, state) => t(`call.${device}${state[0].toUpperCase()}${state.slice(1)}`);
    if (isTrouble(capture.microphone.state)) notes.push(word('microphone', capture.microphone.state));
    if (isTrouble(capture.camera.state)) notes.push(word('camera', capture.camera.state));
    if (capture.camera.track && status === 'flowing' && !app.calls.link.takesPicture) notes.push(t('call.cannotShow'));
    if (!far.microphone && status === 'flowing') notes.push(t('call.deviceMuted'));
    if (app.channel.lostFor > lossShownAfter) notes.push(t('call.linkLost'));
    if (stage.isSilent()) notes.push(t('call.soundBlocked'));
    return notes;
}

function drawNotes(list, notes) {
    const text = notes.join('\n');
    if (list.dataset.text === text) return;
    list.dataset.text = text;
    list.replaceChildren(...notes.map((note) => h('li', {}, note)));
}
