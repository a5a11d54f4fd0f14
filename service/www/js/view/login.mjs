import { button, h, icon, setAttribute, setText } from '../lib/dom.mjs';
import { codeText, t } from '../text/text.mjs';
import { code } from '../wire/fault.mjs';

/** By code; where the service is a demonstration, by name too. */
export function makeLogin(app) {
    const trouble = h('p', { class: 'trouble', role: 'alert', id: 'login-trouble' });
    const say = (text) => {
        setText(trouble, text);
        trouble.hidden = text === '';
    };
    say(app.wasLoggedOut ? t('login.over') : '');
    const enter = (proof, wrong) => logIn(app, element, say, proof, wrong);
    const element = h('main', { class: 'login' },
        h('div', { class: 'card' },
            h('div', { class: 'mark' }, icon('door')),
            h('h1', {}, t('app.name')),
            h('p', { class: 'lead' }, t('login.lead')),
            trouble,
            app.ways.names && nameForm(app, enter, say),
            codeForm(enter, say, app.ways.names)));
    return { element, update() {} };
}

function codeForm(enter, say, isSecond) {
    const input = h('input', {
        id: 'login-code', name: 'code', class: 'code', autocomplete: 'one-time-code', autocapitalize: 'characters',
        spellcheck: 'false', maxlength: 64, 'aria-describedby': 'login-hint login-trouble',
    });
    const submit = (event) => {
        event.preventDefault();
        const given = input.value.trim();
        setAttribute(input, 'aria-invalid', given ? null : 'true');
        if (!given) {
            say(t('login.needCode'));
            return input.focus();
        }
        enter({ code: given }, 'login.wrong');
    };
    return h('form', { onsubmit: submit, novalidate: true },
        h('label', { for: 'login-code' }, t('login.code')), input,
        h('p', { class: 'hint', id: 'login-hint' }, t('login.codeHint')),
        h('button', { type: 'submit', class: isSecond ? 'button wide' : 'button primary wide' }, t('login.submit')));
}

function nameForm(app, enter, say) {
    const choices = app.ways.known.map((name) => h('li', {},
        button(name, 'person', { class: 'button choice', onclick: () => enter({ name }, 'login.wrongName') })));
    return h('section', { class: 'names' },
        h('p', { class: 'hint' }, t('login.nameLead')),
        choices.length > 0 && h('ul', { class: 'choices' }, choices),
        app.ways.newNames && newNameForm(enter, say),
        h('hr'));
}

function newNameForm(enter, say) {
    const input = h('input', { id: 'login-name', name: 'name', autocomplete: 'username', maxlength: 64 });
    const submit = (event) => {
        event.preventDefault();
        const name = input.value.trim();
        if (name) return enter({ name }, 'login.wrongName');
        say(t('login.needName'));
        input.focus();
    };
    return h('form', { class: 'inline', onsubmit: submit, novalidate: true },
        h('label', { for: 'login-name' }, t('login.newName')), input,
        h('button', { type: 'submit', class: 'button primary' }, t('login.submit')));
}

async function logIn(app, element, say, proof, wrong) {
    say('');
    element.classList.add('working');
    try {
        await app.logIn(proof);
    } catch (fault) {
        say(fault.code === code.tokenUnknown ? t(wrong) : codeText(fault.code));
    } finally {
        element.classList.remove('working');
    }
}
