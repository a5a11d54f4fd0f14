#pragma once
#include <string>
#include <string_view>

#include "config/load.hpp"

namespace voip::config {

/// Where a reader stands in the file, and where its faults go. Cheap to copy; the list must outlive it.
class Report {
 public:
    explicit Report(Problems& problems) : problems_(&problems) {}

    void fault(std::string message) const { problems_->push_back(Problem{path_, std::move(message)}); }
    [[nodiscard]] Report member(std::string_view name) const;
    [[nodiscard]] Report item(std::size_t index) const;
    /// True while nothing at or below `path` (from the root) has a fault: whether it makes sense to compare
    /// it.
    [[nodiscard]] bool clean(std::string_view path) const;
    [[nodiscard]] bool clean() const { return clean(path_); }  ///< the same where it stands

 private:
    Problems* problems_;
    std::string path_;
};

/// The text in quotes, control characters escaped, cut after 40 bytes: fit for a message.
[[nodiscard]] std::string quote(std::string_view text);

/// A number as people write it: 0.1, 60, 86400.
[[nodiscard]] std::string number(double value);

}  // namespace voip::config
