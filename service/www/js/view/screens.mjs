// Which screen is shown, and the call above it.

import { fill, h, setText } from '../lib/dom.mjs';
import { languageTag, t } from '../text/text.mjs';
import { makeBoot } from './boot.mjs';
import { makeCall } from './call.mjs';
import { makeHome } from './home.mjs';
import { makeLogin } from './login.mjs';
import { dropSheets, setSheetsAside } from './sheet.mjs';

const makers = { loading: makeBoot, unreachable: makeBoot, login: makeLogin, home: makeHome };

export class Screens {
    #app;
    #root;
    #below = h('div', { class: 'below' });
    #above = h('div', { class: 'above' });
    #news = h('p', { class: 'unseen', role: 'status', 'aria-live': 'assertive' });
    #screen = null;
    #call = null;
    #isPlanned = false;

    constructor(app, root) {
        this.#app = app;
        this.#root = root;
        fill(root, this.#below, this.#above, this.#news);
        app.changed.listen(() => this.#plan());
        app.redraw.listen(() => this.#draw());
        this.#draw();
    }

    #draw() {
        const held = document.activeElement?.id;
        const isFirst = !this.#screen;
        document.documentElement.lang = languageTag();
        if (this.#app.calls.state.phase !== 'alerting') document.title = t('app.name');
        dropSheets();
        this.#screen = makers[this.#app.screen](this.#app);
        fill(this.#below, this.#screen.element);
        this.#call = makeCall(this.#app);
        fill(this.#above, this.#call.element);
        this.#update();
        const same = held && document.getElementById(held);
        if (same) same.focus();
        else if (!isFirst && this.#app.calls.state.phase === 'idle') this.#begin();
    }

    /** Keyboard and screen reader begin at the heading of a new screen. */
    #begin() {
        const heading = [...this.#below.querySelectorAll('h1')].find((one) => one.offsetParent);
        heading?.setAttribute('tabindex', '-1');
        heading?.focus({ preventScroll: true });
    }

    /** Many changes at once are drawn once. Hidden pages have no frames, so timers do it. */
    #plan() {
        if (this.#isPlanned) return;
        this.#isPlanned = true;
        setTimeout(() => {
            this.#isPlanned = false;
            this.#update();
        });
    }

    #update() {
        const { phase, peer } = this.#app.calls.state;
        const isCall = phase !== 'idle';
        if (isCall) setSheetsAside(true);
        else this.#below.inert = false;  // before the focus goes back to it
        this.#screen.update();
        this.#call.update();
        this.#below.inert = isCall;
        if (!isCall) setSheetsAside(false);
        this.#root.classList.toggle('in-call', isCall);
        setText(this.#news, phase === 'alerting' ? t('call.calling', { name: peer.name }) : '');
    }
}
