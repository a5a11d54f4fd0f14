#include "protocol/fault.hpp"

#include <stdexcept>

#include "protocol/errors.hpp"

namespace voip {

Fault wrong_argument(std::string_view field, std::string why) {
    return Fault{code::argument, std::move(why), std::string(field), {}};
}

void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
    throw std::logic_error("value() of a fault: " + fault.err_msg);
}

}  // namespace voip
