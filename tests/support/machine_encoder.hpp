#pragma once
#include <gst/gst.h>

/// An element by the name of the machine's own encoder (V4L2, memory to memory), which no test machine has:
/// takes the same settings and encodes on the processor. Made known to GStreamer while this lives.
namespace voip::test {

class MachineEncoder {
 public:
    enum class Kind {
        works,
        does_not_start,  ///< as one whose node somebody else has
        fails_after_3,   ///< pictures, with an error
        says_nothing,    ///< takes pictures and gives none
        other_format,    ///< makes another profile than is asked for
    };
    explicit MachineEncoder(Kind kind);
    ~MachineEncoder();
    MachineEncoder(const MachineEncoder&) = delete;
    MachineEncoder& operator=(const MachineEncoder&) = delete;

    /// What the newest one was told last (control names of the kernel); -1: nothing.
    [[nodiscard]] static int told(const char* control);

 private:
    GstPluginFeature* feature_;
};

}  // namespace voip::test
