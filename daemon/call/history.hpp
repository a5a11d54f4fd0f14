#pragma once
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "daemon/call/call_record.hpp"
#include "protocol/limits.hpp"

namespace voip::call {

/// The calls that were, newest limits::history_records of them: in memory for answers, in a file of JSON
/// lines for the next start. add() never touches the disk; store() does, off the path of a call.
/// @thread loop only
class History {
 public:
    /// The file is read by load(); an empty path keeps everything in memory.
    History(std::filesystem::path file, Log log, std::size_t limit = limits::history_records);

    /// Reads the file: lines that are no record are skipped (the last one may be torn); one that cannot be
    /// read at all is set aside and logged.
    void load();

    void add(CallRecord record);
    /// At most `limit` ended calls, newest first; with `before` those that started earlier than that moment.
    [[nodiscard]] std::vector<CallRecord> page(std::size_t limit, std::optional<UnixMillis> before) const;
    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

    [[nodiscard]] bool stored() const noexcept { return waiting_.empty() && !rewrite_; }
    /// Appends what add() brought and syncs it; writes the file anew when it has twice the lines it should
    /// have, is torn or failed before. A disk that refuses is logged once; everything stays in memory for the
    /// next time.
    void store();
    /// Why store() did not; empty when it did, or had nothing to do.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

 private:
    [[nodiscard]] Result<void> append();
    [[nodiscard]] Result<void> write_anew();

    std::filesystem::path file_;
    Log log_;
    std::size_t limit_;
    std::deque<CallRecord> records_;  // oldest first
    std::string waiting_;             // lines not on the disk yet
    std::size_t waiting_lines_ = 0;
    std::size_t file_lines_ = 0;
    bool rewrite_ = false;  // the file's end cannot be trusted
    std::string trouble_;
};

}  // namespace voip::call
