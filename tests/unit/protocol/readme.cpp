#include "tests/unit/protocol/readme.hpp"

#include <cctype>
#include <sstream>

#include "core/file.hpp"
#include "tests/support/printers.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/unit/protocol/messages.hpp"

namespace voip::test {
namespace {

std::string without_code_signs(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '`') out += c;
    return out;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    line.remove_prefix(1);
    while (!line.empty()) {
        const auto end = line.find('|');
        cells.push_back(trimmed(without_code_signs(line.substr(0, end))));
        if (end == std::string_view::npos) break;
        line.remove_prefix(end + 1);
    }
    return cells;
}

/// "Refused (409):" -> "Refused"
std::string label_of(std::string_view line) {
    return trimmed(line.substr(0, line.find_first_of("(:")));
}

class Walk {
 public:
    void line(const std::string& text) {
        if (in_block_) {
            if (text == "```")
                close_block();
            else
                block_ += text + "\n";
        } else if (text == "```json") {
            in_block_ = true;
            block_.clear();
        } else if (text.starts_with("#")) {
            heading(text);
        } else if (text.starts_with("| ") && text.find_first_not_of("|- ") != std::string::npos) {
            readme.rows.push_back({section_, cells_of(text)});
        } else if (!text.empty()) {
            label_ = label_of(text);
        }
    }
    [[nodiscard]] bool in_block() const { return in_block_; }

    Readme readme;

 private:
    void heading(const std::string& text) {
        const auto level = text.find(' ');
        const std::string title = without_code_signs(text.substr(level + 1));
        if (level < 4)
            section_ = title;
        else
            name_ = title;
        label_.clear();
    }
    void close_block() {
        in_block_ = false;
        INFO("example of " << name_);
        readme.examples.push_back({section_, name_, label_, parsed(block_)});
    }

    std::string section_, name_, label_, block_;
    bool in_block_ = false;
};

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

std::vector<Row> Readme::rows_of(std::string_view section) const {
    std::vector<Row> found;
    for (const Row& row : rows)
        if (row.section == section) found.push_back(row);
    if (!found.empty()) found.erase(found.begin());  // the heads of the columns
    return found;
}

std::vector<Example> Readme::examples_of(std::string_view section, std::string_view name) const {
    std::vector<Example> found;
    for (const Example& example : examples)
        if (example.section == section && example.name == name) found.push_back(example);
    return found;
}

Readme read_readme(const std::string& page) {
    const auto text = read_file(voip::test::source_dir() + "/" + page, 1024 * 1024);
    REQUIRE(text);
    std::istringstream lines(*text);
    Walk walk;
    for (std::string line; std::getline(lines, line);) walk.line(line);
    REQUIRE_FALSE(walk.in_block());
    return std::move(walk.readme);
}

bool has_word(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const bool begins = at == 0 || !is_word_character(text[at - 1]);
        const auto end = at + word.size();
        if (begins && (end == text.size() || !is_word_character(text[end]))) return true;
    }
    return false;
}

}  // namespace voip::test
