#pragma once
#include <string>

namespace voip::test {

/// Where the sources are, for tests that read documents and data of the tree. No trailing slash.
[[nodiscard]] const std::string& source_dir();

}  // namespace voip::test
