import { h, icon, setAttribute, setIcon, setText } from '../lib/dom.mjs';
import { pictureText, qualityOf } from '../media/numbers.mjs';
import { t } from '../text/text.mjs';

const unit = (value, name, digits = 0) => (value === null || value === undefined ? '' : `${value.toFixed(digits)} ${name}`);

/** The lines of the panel: key of the words, and the value out of the numbers ('' when it is not known). */
const lines = [
    ['info.picture', pictureText],
    ['info.received', (n) => unit(n.receiveKbps, 'kbit/s')],
    ['info.sent', (n) => unit(n.sendKbps, 'kbit/s')],
    ['info.loss', (n) => unit(n.lossPercent, '%', 1)],
    ['info.roundTrip', (n) => unit(n.roundTripMs, 'ms')],
    ['info.jitter', (n) => unit(n.jitterMs, 'ms')],
    ['info.path', (n) => (n.relayed === null ? '' : t(n.relayed ? 'info.relayed' : 'info.direct'))],
    ['info.codec', (n) => n.codec],
];

/** How good the connection is: a picture for everybody, numbers for those who ask. */
export function makeInfo(app) {
    const values = lines.map(() => h('dd', {}));
    const panel = h('section', { class: 'info', id: 'info', hidden: true, 'aria-label': t('info.title') },
        h('dl', { class: 'facts' }, lines.map(([key], index) => h('div', {}, h('dt', {}, t(key)), values[index]))));
    const button = h('button', {
        type: 'button', class: 'round small plain quality', 'aria-expanded': 'false', 'aria-controls': 'info',
        onclick: () => show(panel.hidden),
        onkeydown: (event) => { if (event.key === 'Escape') show(false); },
    }, icon('bars'));

    function show(isShown) {
        panel.hidden = !isShown;
        setAttribute(button, 'aria-expanded', String(isShown));
        update();
    }

    function update() {
        const numbers = app.calls.link?.numbers ?? null;
        const quality = numbers && app.calls.link.status === 'flowing' ? qualityOf(numbers) : null;
        setAttribute(button, 'data-quality', quality ?? 'none');
        setIcon(button.firstElementChild, quality ? `bars-${quality}` : 'bars');
        setAttribute(button, 'aria-label', quality ? `${t(`quality.${quality}`)}. ${t('call.info')}` : t('call.info'));
        if (panel.hidden) return;
        lines.forEach(([, valueOf], index) => setText(values[index], (numbers && valueOf(numbers)) || t('info.none')));
    }
    return { button, panel, update };
}
