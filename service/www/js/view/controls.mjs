// The row of buttons of a call.

import { button, h, setAttribute, setIcon, setText } from '../lib/dom.mjs';
import { t } from '../text/text.mjs';
import { big } from './ring.mjs';
import { volumeOf } from './stage.mjs';

export function makeControls(app, stage) {
    const { roomType } = app.calls.state;
    const { calls } = app;
    const mute = control('microphone', () => calls.setMuted(!calls.link.capture.muted && !calls.link.capture.isDeaf));
    const camera = control('video', () => calls.setCamera(!calls.link.capture.camera.track));
    const flip = control('turn', () => calls.link.capture.turn());
    const volume = makeVolume(app);
    const hearing = button(t('call.soundOn'), 'speaker', { class: 'button primary', onclick: () => stage.listen() });
    const hangUp = big('call.hangUp', 'hang-up', 'refuse', () => calls.hangUp(), true);
    const element = h('div', { class: 'controls' }, hearing, volume.panel,
        h('div', { class: 'tools' }, mute, roomType === 'video' && camera, roomType === 'video' && flip, volume.button), hangUp);

    function update() {
        const { capture } = calls.link;
        const isTalking = calls.state.phase === 'talking' || calls.state.phase === 'joining';
        const isSilent = capture.muted || capture.isDeaf;
        face(mute, isSilent ? 'microphone-off' : 'microphone', t(capture.muted ? 'call.unmute' : isSilent ? 'call.microphoneOn' : 'call.mute'), isSilent);
        const isShown = Boolean(capture.camera.track) || capture.camera.state === 'asking';
        face(camera, isShown ? 'video' : 'video-off', t(isShown ? 'call.cameraOff' : 'call.cameraOn'), !isShown);
        camera.hidden = !isShown && calls.link.status === 'flowing' && !calls.link.takesPicture;  // nobody would see it
        face(flip, 'turn', t('call.flip'), false);
        flip.hidden = !capture.canTurn || !isShown;
        hearing.hidden = !stage.isSilent();
        volume.button.hidden = !isTalking;
        volume.update();
        setText(hangUp.lastChild, t(isTalking || calls.state.direction === 'incoming' ? 'call.hangUp' : 'call.cancel'));
    }
    return { element, update };
}

function control(picture, act) {
    return button('', picture, { class: 'tool', onclick: act });
}

function face(element, picture, label, isOff) {
    setIcon(element.firstElementChild, picture);
    setText(element.lastElementChild, label);
    element.classList.toggle('off', isOff);
}

/** How loud the device is. Browsers that do not let a page decide (iOS) get no slider. */
function makeVolume(app) {
    const slider = h('input', {
        type: 'range', min: 0, max: 100, step: 5, 'aria-label': t('call.volumeOf'),
        oninput: () => app.set('volume', Number(slider.value) / 100),
    });
    const show = (isShown) => {
        panel.hidden = !isShown;
        setAttribute(open, 'aria-expanded', String(isShown));
        (isShown ? slider : open).focus();
    };
    const onkeydown = (event) => { if (event.key === 'Escape' && !panel.hidden) show(false); };
    const panel = h('div', { class: 'volume', hidden: true, id: 'volume', onkeydown }, slider);
    const open = button(t('call.volume'), 'speaker', {
        class: 'tool', 'aria-expanded': 'false', 'aria-controls': 'volume', onkeydown, onclick: () => show(panel.hidden),
    });
    return {
        panel, button: open,
        update() {
            const percent = Math.round(volumeOf(app) * 100);
            if (document.activeElement !== slider) slider.value = percent;
            setIcon(open.firstElementChild, percent === 0 ? 'speaker-off' : 'speaker');
        },
    };
}
