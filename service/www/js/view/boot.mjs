import { button, h, icon, setText } from '../lib/dom.mjs';
import { t } from '../text/text.mjs';

/** Before the service has said who we are. */
export function makeBoot(app) {
    const words = h('p', { role: 'status' });
    const again = button(t('app.retry'), null, { class: 'button primary', onclick: () => app.retry() });
    const element = h('main', { class: 'boot' },
        h('div', { class: 'mark' }, icon('door')), h('h1', {}, t('app.name')), words, again);
    return {
        element,
        update() {
            const unreachable = app.screen === 'unreachable';
            setText(words, unreachable ? t('app.unreachable') : t('app.loading'));
            again.hidden = !unreachable;
        },
    };
}
