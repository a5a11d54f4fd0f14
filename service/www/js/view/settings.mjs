import { Attention } from '../call/attention.mjs';
import { button, h, setText } from '../lib/dom.mjs';
import { codeText, t } from '../text/text.mjs';

/** What a person may choose, and who is logged in. */
export function makeSettings(app) {
    const ring = makeRing(app);
    const notices = makeNotices(app);
    const trouble = h('p', { class: 'trouble', role: 'alert', hidden: true });
    const logOut = () => app.logOut().catch((fault) => {
        setText(trouble, codeText(fault.code));
        trouble.hidden = false;
    });
    const element = h('section', { class: 'panel panel-settings', 'aria-label': t('settings.title') },
        h('div', { class: 'head' }, h('h1', {}, t('settings.title'))),
        group('settings.account',
            h('p', {}, t('settings.loggedIn', { name: app.user?.name ?? '' })),
            button(t('settings.logout'), null, { class: 'button', onclick: logOut }), trouble),
        group('settings.language', languageChoice(app)),
        group('settings.sound', ring.element, notices.element),
        group('settings.about', h('p', { class: 'hint' }, t('settings.aboutText')), installButton()));
    return {
        element,
        update() {
            ring.update();
            notices.update();
        },
    };
}

function group(title, ...children) {
    return h('div', { class: 'group card' }, h('h2', {}, t(title)), children);
}

function languageChoice(app) {
    const chosen = app.setting('language') ?? '';
    const choices = [['', t('settings.auto')], ['zh', '中文'], ['en', 'English']];
    const select = h('select', { id: 'language', 'aria-label': t('settings.language'), onchange: () => app.chooseLanguage(select.value || null) },
        choices.map(([value, words]) => h('option', { value, selected: value === chosen }, words)));
    return select;
}

function makeRing(app) {
    let playing = false;
    const element = button('', 'bell', {
        class: 'button',
        onclick: () => {
            playing = !playing;
            app.tones.play(playing ? 'alerting' : 'none');
            update();
        },
    });
    const update = () => {
        if (app.calls.state.phase !== 'idle') playing = false;  // the call has the sound now
        setText(element.lastChild, t(playing ? 'settings.testStop' : 'settings.test'));
    };
    return { element, update };
}

function makeNotices(app) {
    const box = h('input', { type: 'checkbox', role: 'switch' });
    const blocked = h('p', { class: 'hint' }, t('settings.notifyBlocked'));
    box.addEventListener('change', async () => {
        app.set('notify', box.checked && (await Attention.ask()));
        update();
    });
    const update = () => {
        box.checked = app.setting('notify') === true && Attention.allowed;
        blocked.hidden = Attention.possible && Notification.permission !== 'denied';
        box.disabled = !blocked.hidden;
    };
    return { element: h('div', {}, h('label', { class: 'switch' }, box, h('span', {}, t('settings.notify'))), blocked), update };
}

let installer = null;  // the browser's own offer, kept until it is wanted
globalThis.addEventListener?.('beforeinstallprompt', (event) => {
    event.preventDefault();
    installer = event;
});

function installButton() {
    if (!installer) return null;
    const element = button(t('settings.install'), 'plus', {
        class: 'button',
        onclick: () => {
            installer?.prompt();
            installer = null;
            element.remove();
        },
    });
    return element;
}
