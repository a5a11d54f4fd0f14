import { button, h, icon, setAttribute, setText } from '../lib/dom.mjs';
import { lossShownAfter } from '../app.mjs';
import { t } from '../text/text.mjs';
import { makeDevices } from './devices.mjs';
import { makeHistory } from './history.mjs';
import { makeSettings } from './settings.mjs';

const sections = [['devices', 'door'], ['history', 'clock'], ['settings', 'gear']];

/** What is there between calls: devices, calls, settings. */
export function makeHome(app) {
    const views = { devices: makeDevices(app), history: makeHistory(app), settings: makeSettings(app) };
    const badge = h('span', { class: 'badge' });
    const link = makeLink(app);
    let current = app.section ?? 'devices';
    const go = (section) => {
        current = app.section = section;
        update();
        window.scrollTo(0, 0);
    };
    const tabs = sections.map(([name, picture]) => h('li', {},
        button(t(`nav.${name}`), picture, { class: 'tab', 'data-section': name, onclick: () => go(name) })));
    tabs[1].firstElementChild.append(badge);
    const element = h('div', { class: 'home' },
        h('header', { class: 'top' },
            h('div', { class: 'brand' }, h('span', { class: 'mark small' }, icon('door')), h('span', {}, t('app.name'))),
            link.state),
        h('nav', { 'aria-label': t('nav.label') }, h('ul', { class: 'tabs' }, tabs)),
        h('main', {}, link.banner, sections.map(([name]) => views[name].element)));

    function update() {
        link.update();
        if (current === 'history' && app.missed > 0 && !element.inert) app.historySeen();
        setText(badge, app.missed > 0 ? String(app.missed) : '');
        setAttribute(badge, 'aria-label', app.missed > 0 ? t('nav.missed', { count: app.missed }) : null);
        badge.hidden = app.missed === 0;
        setAttribute(element, 'data-section', current);
        for (const tab of tabs) {
            const own = tab.firstElementChild;
            setAttribute(own, 'aria-current', own.dataset.section === current ? 'page' : null);
        }
        for (const [name] of sections) {
            views[name].element.classList.toggle('current', name === current);
            views[name].update();
        }
    }
    return { element, update };
}

/** Whether calls can ring here. */
function makeLink(app) {
    const words = h('span', {});
    const state = h('p', { class: 'link', role: 'status' }, h('span', { class: 'dot' }), words);
    const bannerWords = h('span', {});
    const use = button(t('link.resume'), null, { class: 'button small', onclick: () => app.channel.open() });
    const retry = button(t('app.retry'), null, { class: 'button small', onclick: () => app.channel.look() });
    const banner = h('div', { class: 'banner', role: 'alert', hidden: true }, icon('warning'), bannerWords, use, retry);
    return {
        state, banner,
        update() {
            const isReplaced = app.channel.state === 'replaced';
            setAttribute(state, 'data-state', app.channel.state);
            setText(words, t(app.channel.online ? 'link.online' : 'link.connecting'));
            banner.hidden = !isReplaced && app.channel.lostFor < lossShownAfter;
            setText(bannerWords, banner.hidden ? '' : t(isReplaced ? 'link.replaced' : 'link.lost'));
            use.hidden = !isReplaced;
            retry.hidden = isReplaced;
        },
    };
}
