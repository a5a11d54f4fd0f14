// Where the device is seen and heard, and our own picture in its corner.

import { h, setAttribute } from '../lib/dom.mjs';
import { t } from '../text/text.mjs';

export function makeStage(app, roomType) {
    const { peer } = app.calls.state;
    // Muted, so that no browser keeps the picture back; the sound has an element of its own.
    const far = h('video', { class: 'far', autoplay: true, playsinline: true, 'aria-label': t('call.picture', { name: peer.name }) });
    far.muted = true;
    const own = h('video', { class: 'own', autoplay: true, playsinline: true, 'aria-label': t('call.ownPicture') });
    own.muted = true;
    const sound = h('audio', { autoplay: true });
    const frame = h('div', { class: 'frame' }, far);
    const element = h('div', { class: 'stage' }, frame, own, sound);
    let silent = false;

    const listen = async () => {
        try {
            await sound.play();
            silent = false;
        } catch (error) {
            silent = error.name === 'NotAllowedError';  // anything else mends itself with the next track
        }
    };

    function update() {
        const { link } = app.calls;
        sound.volume = volumeOf(app);
        if (put(sound, link.tracks.audio)) listen();
        if (put(far, link.tracks.video)) far.play().catch(() => {});
        put(own, link.capture.camera.track);
        own.hidden = !link.capture.camera.track;
        own.classList.toggle('mirrored', link.capture.facing === 'user');
        frame.hidden = !showsPicture();
        setAttribute(frame, 'data-turn', link.far.rotation);
    }

    /** A frozen last picture is worse than none. */
    function showsPicture() {
        const { link } = app.calls;
        const track = link?.tracks.video;
        return roomType === 'video' && Boolean(track) && link.far.camera && far.videoWidth > 0;
    }

    return {
        element, update, showsPicture, listen,
        isSilent: () => silent,
        leave() {
            for (const player of [far, own, sound]) player.srcObject = null;
        },
    };
}

/** Shows a track, or nothing. @returns {boolean} whether it is another one than before */
function put(player, track) {
    const shown = player.srcObject?.getTracks()[0] ?? null;
    if (shown === (track ?? null)) return false;
    player.srcObject = track ? new MediaStream([track]) : null;
    return Boolean(track);
}

/** 0 to 1 */
export function volumeOf(app) {
    const kept = app.setting('volume');
    return Number.isFinite(kept) ? Math.min(Math.max(kept, 0), 1) : 1;
}
