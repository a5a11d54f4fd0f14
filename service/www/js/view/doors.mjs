import { button, fill, h, setAttribute, setIcon, setText } from '../lib/dom.mjs';
import { t } from '../text/text.mjs';

/** A button for each door that the device lets us open; none where it lets us open none. */
export function makeDoors(app) {
    const element = h('div', { class: 'doors' });
    let names = '';
    let buttons = [];

    function update() {
        const doors = app.calls.doors();
        const now = doors.map((door) => door.name).join('\n');
        if (now !== names) {
            names = now;
            buttons = doors.map(({ name }) => button('', 'lock', { class: 'door', onclick: () => app.calls.openDoor(name) }));
            fill(element, buttons);
        }
        element.hidden = doors.length === 0;
        doors.forEach((door, index) => show(buttons[index], door));
    }
    return { element, update };
}

function show(element, { name, state }) {
    const isDoor = name === 'door';
    const words = {
        closed: isDoor ? t('call.openDoor') : t('call.open', { name }),
        opening: isDoor ? t('call.openingDoor') : t('call.opening', { name }),
        open: isDoor ? t('call.openedDoor') : t('call.opened', { name }),
        failed: t('call.openFailed'),
    };
    setText(element.lastElementChild, words[state]);
    setIcon(element.firstElementChild, state === 'open' ? 'unlock' : state === 'failed' ? 'warning' : 'lock');
    setAttribute(element, 'data-state', state);
}
