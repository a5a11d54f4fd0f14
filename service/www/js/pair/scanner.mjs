// Reads a QR code by the camera, where the browser can.

const lookPause = 200;  // ms between two looks

/** @returns {Promise<boolean>} */
export async function canScan() {
    if (!('BarcodeDetector' in globalThis) || !navigator.mediaDevices) return false;
    try {
        return (await BarcodeDetector.getSupportedFormats()).includes('qr_code');
    } catch {
        return false;
    }
}

/** Shows the camera in `video` and tells `found(text)` of every code until stop(). */
export class Scanner {
    #stream = null;
    #alarm = 0;
    #stopped = false;

    /** Rejects when the camera cannot be opened. */
    async start(video, found) {
        const wanted = { video: { facingMode: { ideal: 'environment' } } };
        const stream = await navigator.mediaDevices.getUserMedia(wanted);
        this.#stream = stream;
        if (this.#stopped) return this.stop();
        video.srcObject = stream;
        await video.play();
        const detector = new BarcodeDetector({ formats: ['qr_code'] });
        const look = async () => {
            if (this.#stopped) return;
            try {
                for (const code of await detector.detect(video)) found(code.rawValue);
            } catch {
                // no picture yet
            }
            if (!this.#stopped) this.#alarm = setTimeout(look, lookPause);
        };
        look();
    }

    stop() {
        this.#stopped = true;
        clearTimeout(this.#alarm);
        for (const track of this.#stream?.getTracks() ?? []) track.stop();
        this.#stream = null;
    }
}
