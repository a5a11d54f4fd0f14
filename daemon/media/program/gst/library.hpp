#pragma once
#include <span>
#include <string_view>

#include "core/error.hpp"
#include "hal/av.hpp"

namespace voip::media::gst {

/// Starts GStreamer without looking for plugins: no registry is read or written, nothing is scanned, no
/// helper is run. Once a process; a second call is harmless. @errors io
[[nodiscard]] Result<void> start_library();

/// What a call needs, beyond what decodes and shows a received picture.
[[nodiscard]] std::span<const std::string_view> call_plugins() noexcept;
/// What a received picture needs besides. Empty: not a sink that is known. @param display  "fake" or a sink
[[nodiscard]] std::span<const std::string_view> display_plugins(std::string_view display) noexcept;

/// What encodes a camera's pictures (hal/encode). Not all of it is needed for every camera: a file that is
/// not installed is told by whoever wants it.
[[nodiscard]] std::span<const std::string_view> encoder_plugins(hal::Encoding encoding) noexcept;

/// Loads plugin files of the system by their names ("webrtc": libgstwebrtc.so). @errors not_found, io
[[nodiscard]] Result<void> load_plugins(std::span<const std::string_view> names);
/// The same where a file that is not installed is no fault.
void try_plugins(std::span<const std::string_view> names);

/// Whether handshakes are fit for networks that lose packets (dtls_setup.hpp). The plugins of calls are
/// loaded.
[[nodiscard]] bool set_up_handshake();

/// Makes the key and certificate that every later connection of this process uses: RSA of 2048 bits, tenths
/// of a second and more. @errors io
[[nodiscard]] Result<void> make_key();

}  // namespace voip::media::gst
