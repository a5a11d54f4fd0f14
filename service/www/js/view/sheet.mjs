// Dialogs of the page. A call goes before them: they are set aside with all that was typed, and come back after it.

import { h } from '../lib/dom.mjs';

const sheets = new Map();  // each with what had the keyboard when it was set aside
let areAside = false;

/**
 * Makes a dialog; openSheet() shows it. `members` as in h(), and onleave(): it goes out of sight, for a call or for good.
 * @returns {HTMLDialogElement}  close() ends it
 */
export function makeSheet({ onleave = () => {}, ...members }, ...children) {
    const dialog = h('dialog', {
        class: 'sheet', ...members,
        onclose: () => {
            onleave();
            if (areAside || dialog.open) return;
            sheets.delete(dialog);
            dialog.remove();
        },
    }, ...children);
    return dialog;
}

export function openSheet(dialog) {
    sheets.set(dialog, null);
    document.body.append(dialog);
    if (!areAside) dialog.showModal();
}

/** Out of the way of a call, or back after it. */
export function setSheetsAside(aside) {
    if (aside === areAside) return;
    areAside = aside;
    for (const [dialog, held] of sheets) {
        if (aside) {
            sheets.set(dialog, dialog.contains(document.activeElement) ? document.activeElement : null);
            dialog.close();
        } else {
            dialog.showModal();
            held?.focus();
        }
    }
}

/** Whoever is here now has not opened them. */
export function dropSheets() {
    for (const dialog of sheets.keys()) {
        dialog.close();
        dialog.remove();
    }
    sheets.clear();
}
