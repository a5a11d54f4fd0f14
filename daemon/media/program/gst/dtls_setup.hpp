#pragma once

namespace voip::media::gst {

/// Makes every later handshake of DTLS in this process fit for networks that lose packets: its words go in
/// datagrams of 1200 bytes at most, and are repeated when 100 ms brought no answer. By itself the plugin cuts
/// them into 256 bytes, so that the certificate takes eight, and OpenSSL waits for a second. Once a process;
/// a second call is harmless.
/// @param plugin  path of the plugin, loaded, whose OpenSSL is meant
/// @return false: its OpenSSL has not what that takes, and stays as it is
[[nodiscard]] bool set_up_dtls(const char* plugin);

/// How long is waited for an answer, in microseconds, after `last` was in vain; 0: for the first time.
[[nodiscard]] unsigned next_handshake_wait(unsigned last) noexcept;

}  // namespace voip::media::gst
