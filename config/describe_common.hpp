#pragma once
#include "config/checks.hpp"
#include "config/rules.hpp"
#include "config/visit.hpp"

/// What both descriptions have.
namespace voip::config {

inline constexpr Text path_rule{4096, &check_path, "absolute path"};

// clang-format off
template <class V>
void describe(V& v, const LogLevels*) {
    v.option({"level", Need::no, Reload::live}, &LogLevels::level, Word<Level>{level_words});
    v.option({"areas", Need::no, Reload::live}, &LogLevels::areas, Areas{});
}

// clang-format on

}  // namespace voip::config
