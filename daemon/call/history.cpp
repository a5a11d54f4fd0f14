#include "daemon/call/history.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/file.hpp"

namespace voip::call {
namespace {

constexpr std::size_t history_bytes = 16 * 1024 * 1024;  // far above 2000 records of the longest names
constexpr std::size_t waiting_bytes = 1024 * 1024;

}  // namespace

History::History(std::filesystem::path file, Log log, std::size_t limit)
    : file_(std::move(file)), log_(std::move(log)), limit_(limit) {}

void History::load() {
    if (file_.empty()) return;
    const auto text = read_file(file_, history_bytes);
    if (!text) {
        if (text.error().is(Errc::not_found)) return;
        const auto aside = set_aside(file_);
        log_.err("history cannot be read; it begins empty", kv("cause", text.error().text()),
                 kv("kept_as", aside ? aside->string() : aside.error().text()));
        return;
    }
    std::size_t skipped = 0;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const auto value = json::parse(rest.substr(0, end));
        auto record = value ? decode_call_record(*value) : std::nullopt;
        if (record)
            records_.push_back(std::move(*record));
        else
            ++skipped;
        if (records_.size() > limit_) records_.pop_front();
        ++file_lines_;
        rewrite_ = rewrite_ || end == std::string_view::npos;  // torn: the next line must not be glued to it
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    rewrite_ = rewrite_ || skipped > 0;
    if (skipped > 0) log_.warning("history lines skipped", kv("lines", skipped));
}

void History::add(CallRecord record) {
    if (!file_.empty() && !rewrite_) {
        waiting_ += json::write(encode(record)) + "\n";
        ++waiting_lines_;
    }
    records_.push_back(std::move(record));
    if (records_.size() > limit_) records_.pop_front();
    if (waiting_.size() > waiting_bytes) rewrite_ = true;  // the records in memory are what will be written
}

std::vector<CallRecord> History::page(std::size_t limit, std::optional<UnixMillis> before) const {
    std::vector<CallRecord> made;
    for (auto each = records_.rbegin(); each != records_.rend() && made.size() < limit; ++each)
        if (!before || each->started < *before) made.push_back(*each);
    return made;
}

void History::store() {
    if (file_.empty() || stored()) return;
    const bool anew = rewrite_ || file_lines_ + waiting_lines_ > 2 * limit_;
    const auto written = anew ? write_anew() : append();
    const bool complained = !trouble_.empty();
    trouble_ = written ? std::string() : written.error().text();
    if (!written && !complained) log_.err("history cannot be stored", kv("cause", trouble_));
    rewrite_ = !written;
    waiting_.clear();
    waiting_lines_ = 0;
}

Result<void> History::append() {
    auto written = append_file(file_, waiting_, 0600);
    if (written) file_lines_ += waiting_lines_;
    return written;
}

Result<void> History::write_anew() {
    std::string text;
    for (const CallRecord& record : records_) text += json::write(encode(record)) + "\n";
    auto written = write_file(file_, text, 0600);
    if (written) file_lines_ = records_.size();
    return written;
}

}  // namespace voip::call
