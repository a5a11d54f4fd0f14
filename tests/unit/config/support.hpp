#pragma once
#include <string>
#include <variant>
#include <vector>

#include "config/load.hpp"
#include "tests/support/catch.hpp"

namespace voip::config::test {

/// The faults of a text as lines; empty when it has none.
template <class T>
std::vector<std::string> lines(const Loaded<T>& loaded) {
    std::vector<std::string> all;
    if (const Problems* problems = std::get_if<Problems>(&loaded)) {
        CHECK_FALSE(problems->empty());
        for (const Problem& problem : *problems) all.push_back(problem.text());
    }
    return all;
}

/// A text and exactly the faults it has.
struct Bad {
    std::string text;
    std::vector<std::string> faults;
};

/// What stands in a text that must have no fault.
template <class T>
T whole(const Loaded<T>& loaded) {
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(lines(loaded)));
    REQUIRE(std::holds_alternative<T>(loaded));
    return std::get<T>(loaded);
}

}  // namespace voip::config::test
