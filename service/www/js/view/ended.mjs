import { meaningOf } from '../call/ends.mjs';
import { button, h, icon } from '../lib/dom.mjs';
import { clockText } from '../lib/time.mjs';
import { t } from '../text/text.mjs';

const ownEnds = ['end.hungUp', 'end.cancelled', 'end.rejected', 'end.answeredElsewhere', 'end.declinedElsewhere'];
const showOwn = 2500;  // ms: who hung up knows why

/** Why it is over, in words. */
export function makeEnded(app) {
    const call = app.calls.state;
    const { text, tone, code } = meaningOf(call);
    const element = h('div', { class: `face over ${tone}` },
        h('div', { class: 'caller' },
            h('div', { class: 'mark' }, icon(tone === 'plain' ? 'hang-up' : tone === 'missed' ? 'arrow-in' : 'warning')),
            h('h1', { id: 'call-title' }, call.peer.name),
            h('p', { class: 'reason', role: 'status' }, t(text, { code })),
            call.keepTime > 0 && h('p', { class: 'lasted' }, t('call.lasted', { time: clockText(call.keepTime) })),
            code !== 0 && h('p', { class: 'serial' }, t('call.codeLine', { code }))),
        h('div', { class: 'row' },
            button(t('call.again'), call.roomType === 'video' ? 'video' : 'phone', { class: 'button', onclick: () => again(app, call) }),
            button(t('call.done'), null, { class: 'button primary', 'data-first': true, onclick: () => app.calls.close() })));
    const alarm = ownEnds.includes(text) ? setTimeout(() => app.calls.close(), showOwn) : 0;
    return { element, update() {}, leave: () => clearTimeout(alarm) };
}

function again(app, { peer, roomType, camera }) {
    app.calls.dial(app.peerOf(peer), roomType, camera);
}
