#include "tests/support/source_dir.hpp"

namespace voip::test {

const std::string& source_dir() {
    static const std::string dir = WMPF_SOURCE_DIR;
    return dir;
}

}  // namespace voip::test
