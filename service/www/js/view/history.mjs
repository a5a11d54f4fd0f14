import { meaningOf } from '../call/ends.mjs';
import { button, fill, h, icon } from '../lib/dom.mjs';
import { clockText, momentText } from '../lib/time.mjs';
import { languageTag, t } from '../text/text.mjs';
import { makeSheet, openSheet } from './sheet.mjs';

/** The calls of this browser. */
export function makeHistory(app) {
    const list = h('ul', { class: 'calls' });
    const none = h('div', { class: 'empty' }, h('div', { class: 'mark' }, icon('clock')),
        h('h2', {}, t('history.none')), h('p', {}, t('history.noneHint')));
    const clear = button(t('history.clear'), null, { class: 'button small', onclick: () => askToClear(app) });
    const element = h('section', { class: 'panel panel-history', 'aria-label': t('history.title') },
        h('div', { class: 'head' }, h('h1', {}, t('history.title')), clear), none, list);
    let drawn = '';

    function update() {
        const calls = app.history;
        none.hidden = calls.length > 0;
        clear.hidden = calls.length === 0;
        const text = `${new Date().toDateString()} ${calls.map((call) => call.id).join()}`;
        if (text === drawn) return;
        drawn = text;
        fill(list, calls.map((call) => h('li', {}, line(app, call))));
    }
    return { element, update };
}

function line(app, call) {
    const { text, tone, code } = meaningOf(call);
    const isOut = call.direction === 'outgoing';
    const words = t(text, { code });
    const outcome = call.keepTime > 0 ? `${clockText(call.keepTime)} · ${words}` : words;
    return h('article', { class: `past ${tone}` },
        h('span', { class: 'way' }, icon(isOut ? 'arrow-out' : 'arrow-in'),
            h('span', { class: 'unseen' }, t(isOut ? 'history.outgoing' : 'history.incoming'))),
        h('div', { class: 'who' },
            h('div', { class: 'line' }, h('h2', {}, call.peer.name), moment(call.started)),
            h('p', { class: 'outcome' }, outcome)),
        h('button', {
            type: 'button', class: 'round small dial', 'aria-label': t('history.again', { name: call.peer.name }),
            onclick: () => app.calls.dial(app.peerOf(call.peer), call.roomType, false),
        }, icon(call.roomType === 'video' ? 'video' : 'phone')));
}

function moment(at) {
    return h('time', { datetime: new Date(at).toISOString() }, momentText(at, Date.now(), languageTag()));
}

function askToClear(app) {
    const done = (yes) => {
        dialog.close();
        if (yes) app.clearHistory();
    };
    const dialog = makeSheet({ 'aria-labelledby': 'clear-title' },
        h('h2', { id: 'clear-title' }, t('history.clearAsk')),
        h('div', { class: 'row' },
            button(t('call.cancel'), null, { class: 'button', onclick: () => done(false) }),
            button(t('history.clear'), null, { class: 'button danger', onclick: () => done(true) })));
    openSheet(dialog);
}
