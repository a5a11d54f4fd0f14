#pragma once
#include <gst/gst.h>

#include <memory>

/// Shared owners as the `user_data` of GLib's callbacks: alive as long as the callback is connected.
namespace voip::media::gst {

template <class T>
void delete_shared(gpointer data) {
    delete static_cast<std::shared_ptr<T>*>(data);
}
template <class T>
void delete_shared_closure(gpointer data, GClosure*) {
    delete_shared<T>(data);
}
template <class T>
[[nodiscard]] const std::shared_ptr<T>& shared_of(gpointer data) {
    return *static_cast<std::shared_ptr<T>*>(data);
}

/// Connects a signal; the callback's last argument is for shared_of<T>().
template <class T>
void connect_shared(gpointer object, const char* signal, GCallback callback, std::shared_ptr<T> owner) {
    g_signal_connect_data(object, signal, callback, new std::shared_ptr<T>(std::move(owner)),
                          delete_shared_closure<T>, static_cast<GConnectFlags>(0));
}

/// A pad probe whose data is the raw pointer, kept alive with it.
template <class T>
void add_probe(GstPad* pad, GstPadProbeType type,
               GstPadProbeReturn (*callback)(GstPad*, GstPadProbeInfo*, gpointer), std::shared_ptr<T> owner) {
    struct Kept {
        T* raw;
        std::shared_ptr<T> owner;
        GstPadProbeReturn (*callback)(GstPad*, GstPadProbeInfo*, gpointer);
    };
    auto* const kept = new Kept{owner.get(), owner, callback};
    gst_pad_add_probe(
        pad, type,
        [](GstPad* at, GstPadProbeInfo* info, gpointer data) {
            auto* const self = static_cast<Kept*>(data);
            return self->callback(at, info, self->raw);
        },
        kept, [](gpointer data) { delete static_cast<Kept*>(data); });
}

/// A promise whose outcome goes to `use(reply)`; the reply may be null.
template <class Use>
[[nodiscard]] GstPromise* promise(Use use) {
    return gst_promise_new_with_change_func(
        [](GstPromise* promised, gpointer data) {
            const bool replied = gst_promise_wait(promised) == GST_PROMISE_RESULT_REPLIED;
            (*static_cast<Use*>(data))(replied ? gst_promise_get_reply(promised) : nullptr);
            gst_promise_unref(promised);
        },
        new Use(std::move(use)), [](gpointer data) { delete static_cast<Use*>(data); });
}

}  // namespace voip::media::gst
