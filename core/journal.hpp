#pragma once
#include <string>
#include <string_view>

#include "core/log.hpp"

namespace voip {

/// A log line as a record of journald's own protocol: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, and as fields to
/// search for, where the line has them: WMPF_AREA (channel, call ...), WMPF_CALL and WMPF_ROOM (`journalctl
/// WMPF_ROOM=...`). Pure. @source systemd's "Native Journal Protocol"
[[nodiscard]] std::string journal_record(Level level, std::string_view line, std::string_view program);

/// Whether this process's stderr is a stream of the journal: `stream` is $JOURNAL_STREAM, "device:inode".
/// @source systemd.exec(5)
[[nodiscard]] bool is_journal_stream(std::string_view stream, int fd) noexcept;

/// Sends each line to journald at `socket`, and to `otherwise` what it does not take (too long, not there).
[[nodiscard]] LogHub::Sink journal_sink(std::string program, LogHub::Sink otherwise,
                                        std::string_view socket = "/run/systemd/journal/socket");

}  // namespace voip
