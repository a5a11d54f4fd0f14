import { button, fill, h, icon, setAttribute, setText } from '../lib/dom.mjs';
import { lengthOf, nameLimit, pairingOf } from '../pair/content.mjs';
import { Scanner, canScan } from '../pair/scanner.mjs';
import { codeText, t } from '../text/text.mjs';
import { makeSheet, openSheet } from './sheet.mjs';

const expired = 10008;

/** Lets a device call us: its code is scanned, pasted, or came with the page's link (`pairing`). */
export function openPairing(app, pairing) {
    const steps = h('div', {});
    let leave = () => {};
    const close = () => dialog.close();
    const go = (step) => {
        leave();
        leave = step.leave ?? (() => {});
        fill(steps, step.elements);
        // Not a field where that would bring up a keyboard over half of the screen.
        const field = matchMedia('(pointer: fine)').matches ? steps.querySelector('input, textarea') : null;
        (field ?? steps.querySelector('.primary:not([hidden])'))?.focus();
    };
    const confirm = (found) => go(confirmStep(app, found, (name) => go(doneStep(name, close))));
    const dialog = makeSheet({ 'aria-labelledby': 'pair-title', onleave: () => leave() },
        h('div', { class: 'head' }, h('h2', { id: 'pair-title' }, t('pair.title')),
            h('button', { type: 'button', class: 'round small plain', 'aria-label': t('info.close'), onclick: close }, icon('cross'))),
        steps);
    openSheet(dialog);
    if (pairing) confirm(pairing);
    else go(findStep(confirm));
}

function findStep(found) {
    const trouble = h('p', { class: 'trouble', role: 'alert', id: 'pair-trouble', hidden: true });
    const say = (text) => {
        setText(trouble, text);
        trouble.hidden = !text;
    };
    const text = h('textarea', {
        id: 'pair-text', rows: 3, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off',
        'aria-describedby': 'pair-hint pair-trouble',
    });
    const submit = (event) => {
        event.preventDefault();
        const pairing = pairingOf(text.value);
        setAttribute(text, 'aria-invalid', pairing ? null : 'true');
        if (pairing) return found(pairing);
        say(t('pair.unreadable'));
        text.focus();
    };
    const scan = makeScan(found, say);
    return {
        leave: scan.leave,
        elements: [
            h('p', { class: 'hint' }, t('pair.lead')), scan.element, trouble,
            h('form', { onsubmit: submit, novalidate: true },
                h('label', { for: 'pair-text' }, t('pair.text')), text,
                h('p', { class: 'hint', id: 'pair-hint' }, t('pair.textHint')),
                h('button', { type: 'submit', class: 'button primary wide' }, t('pair.next'))),
        ],
    };
}

/** The button is there only where the browser can read codes. */
function makeScan(found, say) {
    const video = h('video', { playsinline: true, muted: true, 'aria-label': t('pair.scanning') });
    const view = h('div', { class: 'scan', hidden: true }, video, h('p', { class: 'hint' }, t('pair.scanning')));
    let scanner = null;
    const start = async () => {
        scanner = new Scanner();
        view.hidden = false;
        open.hidden = true;
        try {
            await scanner.start(video, (text) => {
                const pairing = pairingOf(text);
                if (pairing) found(pairing);
                else say(t('pair.foreign'));
            });
        } catch {
            view.hidden = true;
            say(t('pair.noCamera'));
        }
    };
    const open = button(t('pair.scan'), 'code', { class: 'button primary wide', hidden: true, onclick: start });
    canScan().then((can) => { open.hidden = !can; });
    const leave = () => {
        if (!scanner) return;
        scanner.stop();
        scanner = null;
        view.hidden = true;
        open.hidden = false;
    };
    return { element: h('div', {}, open, view), leave };
}

function confirmStep(app, pairing, done) {
    const trouble = h('p', { class: 'trouble', role: 'alert', id: 'pair-trouble', hidden: true });
    const input = h('input', { id: 'pair-name', autocomplete: 'off', 'aria-describedby': 'pair-name-hint pair-trouble' });
    const say = (text) => {
        setText(trouble, text);
        trouble.hidden = false;
    };
    const allow = h('button', { type: 'submit', class: 'button primary wide' }, t('pair.allow'));
    const submit = async (event) => {
        event.preventDefault();
        const name = input.value.trim();
        if (lengthOf(name) > nameLimit) return say(t('pair.nameLong'));
        allow.disabled = true;
        try {
            await app.authorise(pairing, name);
            done(name || pairing.sn);
        } catch (fault) {
            say(fault.code === expired ? t('pair.expired') : codeText(fault.code));
            allow.disabled = false;
        }
    };
    return {
        elements: [
            h('p', {}, t('pair.confirm')),
            h('dl', { class: 'facts' },
                h('div', {}, h('dt', {}, t('pair.sn')), h('dd', {}, pairing.sn)),
                h('div', {}, h('dt', {}, t('pair.model')), h('dd', {}, pairing.modelId))),
            h('form', { onsubmit: submit, novalidate: true },
                h('label', { for: 'pair-name' }, t('pair.name')), input,
                h('p', { class: 'hint', id: 'pair-name-hint' }, t('pair.nameHint')), trouble, allow),
        ],
    };
}

function doneStep(name, close) {
    return {
        elements: [
            h('p', { class: 'done', role: 'status' }, icon('check'), h('span', {}, t('pair.done', { name }))),
            button(t('call.done'), null, { class: 'button primary wide', onclick: close }),
        ],
    };
}
