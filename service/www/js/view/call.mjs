// The call above everything else: one face for each part of it.

import { fill, h, setAttribute } from '../lib/dom.mjs';
import { makeEnded } from './ended.mjs';
import { makeRing } from './ring.mjs';
import { makeTalk } from './talk.mjs';

/** Which face a phase has. */
const faces = {
    idle: null, alerting: makeRing, dialling: makeTalk, ringing: makeTalk, joining: makeTalk, talking: makeTalk,
    ended: makeEnded,
};

/**
 * ms in which a new face takes no order: the finger was meant for what stood there before (a call comes in under it; a
 * second tap on Answer would hang up).
 */
const settling = 600;

export function makeCall(app) {
    const element = h('section', { class: 'call', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'call-title', tabindex: '-1' });
    let face = null, maker = null, cameFrom = null, callOf = '', alarm = 0;

    function update() {
        const { phase, callId } = app.calls.state;
        const wanted = faces[phase];
        if (wanted !== maker || (wanted && callId !== callOf)) change(wanted, callId);
        setAttribute(element, 'data-phase', phase);
        face?.update();
    }

    function change(wanted, callId) {
        face?.leave?.();
        if (!maker && wanted) cameFrom = document.activeElement;
        maker = wanted;
        callOf = callId;
        face = wanted ? wanted(app) : null;
        fill(element, face?.element);
        element.hidden = !face;
        settle();
        if (face) (element.querySelector('[data-first]') ?? element).focus({ preventScroll: true });
        else cameFrom?.focus?.();
    }

    function settle() {
        clearTimeout(alarm);
        element.classList.add('settling');  // no pointer reaches it
        alarm = setTimeout(() => element.classList.remove('settling'), settling);
    }

    /** A key that is held down, or went down for what stood there before, presses nothing here. */
    function refuseKey(event) {
        const isOrder = event.key === 'Enter' || event.key === ' ';
        if (isOrder && (event.repeat || element.classList.contains('settling'))) event.preventDefault();
    }

    for (const kind of ['keydown', 'keyup']) element.addEventListener(kind, refuseKey, { capture: true });
    element.hidden = true;
    return { element, update };
}
