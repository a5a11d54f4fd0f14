import { button, h, setText } from '../lib/dom.mjs';
import { t } from '../text/text.mjs';
import { avatar } from './devices.mjs';

/** A device calls: who, and the three answers. */
export function makeRing(app) {
    const { peer, roomType } = app.calls.state;
    const isVideo = roomType === 'video';
    const silent = h('p', { class: 'note', role: 'status' });
    const answer = big('call.answer', 'phone', 'answer', () => app.calls.answer(false), true);
    const show = isVideo && big('call.answerVideo', 'video', 'answer', () => app.calls.answer(true));
    const element = h('div', { class: 'face ring' },
        h('div', { class: 'caller' },
            h('p', { class: 'kind' }, t(isVideo ? 'call.incomingVideo' : 'call.incomingVoice')),
            h('div', { class: 'pulse' }, avatar(peer.name, peer.sn, 'large')),
            h('h1', { id: 'call-title' }, t('call.calling', { name: peer.name })),
            h('p', { class: 'serial' }, peer.sn), silent),
        h('div', { class: 'answers' }, big('call.decline', 'hang-up', 'refuse', () => app.calls.hangUp()), answer, show));
    return {
        element,
        update() {
            setText(silent, app.tones.blocked ? t('call.ringBlocked') : '');
        },
    };
}

/** A large round button with its words below. */
export function big(label, picture, kind, act, isFirst = false) {
    return button(t(label), picture, { class: `big ${kind}`, onclick: act, 'data-first': isFirst });
}
