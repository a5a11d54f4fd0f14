// Times for people. Pure.

/** 7 -> "0:07", 3671 -> "1:01:11". @param {number} seconds  whole, 0 and up */
export function clockText(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (n) => String(n).padStart(2, '0');
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
    return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** The hour for today, else the day with the hour. @param {string} language  BCP 47 */
export function momentText(at, now, language) {
    const when = new Date(at);
    const today = when.toDateString() === new Date(now).toDateString();
    const hour = { hour: '2-digit', minute: '2-digit' };
    const day = { month: 'short', day: 'numeric' };
    return new Intl.DateTimeFormat(language, today ? hour : { ...day, ...hour }).format(when);
}
