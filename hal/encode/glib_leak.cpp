// Compiled into programs with GStreamer when they are built with AddressSanitizer, and nothing else.
//
// GLib keeps what its initialiser allocates where LeakSanitizer does not find it again. That one place is
// left out, told by the name of the loader, call_init; that takes whole call stacks, as GLib has no frame
// pointers.
//
// Libraries between may carry it too, hence weak: one program, one answer, whoever is asked.

extern "C" {
__attribute__((weak)) const char* __asan_default_options() {
    return "fast_unwind_on_malloc=0";
}
__attribute__((weak)) const char* __lsan_default_suppressions() {
    return "leak:call_init\n";
}
}
