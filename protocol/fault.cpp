#include "protocol/fault.hpp"

#include <stdexcept>

namespace voip {

void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
    throw std::logic_error("value() of a fault: " + fault.err_msg);
}

}  // namespace voip
