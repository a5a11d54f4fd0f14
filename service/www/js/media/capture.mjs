// Microphone and camera of this phone. Nothing is opened before it is asked for; a closed camera is really
// closed, so that its light goes out.

import { Emitter } from '../lib/emitter.mjs';

const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const picture = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15, max: 30 } };

/** Why a device could not be opened: 'blocked', 'missing' or 'busy'. Pure. */
export function troubleOf(error) {
    if (error?.name === 'NotAllowedError' || error?.name === 'SecurityError') return 'blocked';
    return error?.name === 'NotReadableError' || error?.name === 'AbortError' ? 'busy' : 'missing';
}

export const isTrouble = (state) => ['blocked', 'missing', 'busy'].includes(state);

/** States of either device: 'off', 'asking', 'on', 'blocked', 'missing', 'busy'. */
export class Capture {
    changed = new Emitter();

    #microphone = { state: 'off', track: null };
    #camera = { state: 'off', track: null };
    #muted = false;
    #facing = 'user';
    #cameras = 0;
    #closed = false;
    #permissions = {};  // of what was blocked, kept so that their changes are told

    get microphone() { return this.#microphone; }
    get camera() { return this.#camera; }
    get muted() { return this.#muted; }
    /** The microphone was wanted and did not open; mute(false) tries again. */
    get isDeaf() { return isTrouble(this.#microphone.state); }
    get facing() { return this.#facing; }
    /** More than one camera: turning makes sense. */
    get canTurn() { return this.#cameras > 1; }

    async openMicrophone() {
        if (['on', 'asking'].includes(this.#microphone.state)) return;
        this.#microphone = { state: 'asking', track: null };
        this.#microphone = await this.#open({ audio: voice }, () => this.#lostMicrophone());
        if (this.#microphone.track) this.#microphone.track.enabled = !this.#muted;
        if (this.#microphone.state === 'blocked') this.#whenAllowed('microphone', () => this.openMicrophone());
        this.changed.tell();
    }

    /** Silence leaves this phone; the microphone stays open, so that speaking again takes no time. */
    mute(muted) {
        this.#muted = muted;
        if (this.#microphone.track) this.#microphone.track.enabled = !muted;
        if (!muted && this.#microphone.state !== 'on') this.openMicrophone();
        this.changed.tell();
    }

    async openCamera(facing = this.#facing) {
        if (this.#camera.state === 'asking') return;
        const before = this.#camera.track && facing !== this.#facing ? deviceOf(this.#camera) : '';
        this.#stop(this.#camera);  // phones open one camera at a time
        this.#facing = facing;
        this.#camera = { state: 'asking', track: null };
        this.changed.tell();
        const opened = await this.#openFacing(facing, before);
        if (this.#camera.state !== 'asking') return this.#stop(opened);  // switched off meanwhile
        this.#camera = opened;
        if (opened.state === 'blocked') this.#whenAllowed('camera', () => this.openCamera());
        await this.#countCameras();
        this.changed.tell();
    }

    closeCamera() {
        this.#stop(this.#camera);
        this.#camera = { state: 'off', track: null };
        this.changed.tell();
    }

    turn() {
        return this.openCamera(this.#facing === 'user' ? 'environment' : 'user');
    }

    close() {
        this.#closed = true;
        this.#stop(this.#microphone);
        this.#stop(this.#camera);
        this.#microphone = this.#camera = { state: 'off', track: null };
    }

    /** Where cameras do not tell which way they face, another one than `before` is as good as the other way. */
    async #openFacing(facing, before) {
        const lost = () => this.closeCamera();
        const opened = await this.#open({ video: { ...picture, facingMode: { ideal: facing } } }, lost);
        if (!before || deviceOf(opened) !== before) return opened;
        const other = (await cameras()).find(({ deviceId }) => deviceId !== before);
        if (!other) return opened;
        this.#stop(opened);
        return this.#open({ video: { ...picture, deviceId: { exact: other.deviceId } } }, lost);
    }

    async #open(wanted, lost) {
        try {
            if (!navigator.mediaDevices) throw new DOMException('no media devices', 'NotFoundError');
            const stream = await navigator.mediaDevices.getUserMedia(wanted);
            const track = stream.getTracks()[0];
            if (this.#closed) track.stop();
            track.addEventListener('ended', lost);
            return { state: this.#closed ? 'off' : 'on', track: this.#closed ? null : track };
        } catch (error) {
            return { state: troubleOf(error), track: null };
        }
    }

    /** A person may allow in the call what the browser had blocked. Browsers that do not tell get it by the button. */
    async #whenAllowed(name, open) {
        if (this.#permissions[name] || this.#closed) return;
        try {
            const permission = this.#permissions[name] = await navigator.permissions.query({ name });
            permission.onchange = () => {
                const { state } = name === 'camera' ? this.#camera : this.#microphone;
                if (permission.state === 'granted' && state === 'blocked' && !this.#closed) open();
            };
        } catch {
            // this browser has no permissions of that name
        }
    }

    #stop({ track }) {
        track?.stop();
    }

    #lostMicrophone() {
        this.#microphone = { state: 'missing', track: null };
        this.changed.tell();
    }

    async #countCameras() {
        this.#cameras = (await cameras()).length;
    }
}

async function cameras() {
    try {
        return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === 'videoinput');
    } catch {
        return [];
    }
}

const deviceOf = ({ track }) => track?.getSettings().deviceId ?? '';
