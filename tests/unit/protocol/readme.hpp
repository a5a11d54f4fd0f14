#pragma once
#include <string>
#include <vector>

#include "core/json.hpp"

/// protocol/README.md (or another page of the tree), read for its tables and its examples.
namespace voip::test {

/// One row of a table: where it stands and its cells, without the signs for code.
struct Row {
    std::string section;  ///< "Local API"
    std::vector<std::string> cells;
};

/// One ```json block of the section "Examples".
struct Example {
    std::string section;  ///< "Local API"
    std::string name;     ///< "voip.call", "POST /v1/rpc"
    std::string label;    ///< "Params", "Result", "Body", "Answer", "Refused", "Message"
    json::Value value;
};

struct Readme {
    std::vector<Row> rows;
    std::vector<Example> examples;

    [[nodiscard]] std::vector<Row> rows_of(std::string_view section) const;
    [[nodiscard]] std::vector<Example> examples_of(std::string_view section, std::string_view name) const;
};

/// The test fails when the file cannot be read or a block is no JSON.
[[nodiscard]] Readme read_readme(const std::string& page = "protocol/README.md");

/// True when `text` has `word` with no letter or digit beside it.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

}  // namespace voip::test
