#include "core/error.hpp"

#include <stdexcept>

namespace voip {
namespace {

class Category final : public boost::system::error_category {
 public:
    const char* name() const noexcept override { return "voip"; }
    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
            case Errc::timeout: return "timed out";
            case Errc::bad_message: return "bad message";
            case Errc::too_large: return "too large";
            case Errc::bad_config: return "bad configuration";
            case Errc::wrong_state: return "not possible in this state";
            case Errc::cancelled: return "cancelled";
            case Errc::closed: return "closed";
            case Errc::unreachable: return "unreachable";
            case Errc::refused: return "refused";
            case Errc::not_found: return "not found";
            case Errc::full: return "no place left";
            case Errc::io: return "input/output failed";
            case Errc::device_gone: return "device gone";
        }
        return "unknown error";
    }
};

}  // namespace

const boost::system::error_category& voip_category() noexcept {
    static const Category category;
    return category;
}

boost::system::error_code make_error_code(Errc code) noexcept {
    return {static_cast<int>(code), voip_category()};
}

std::string Error::text() const {
    if (context.empty()) return code.message();
    return context + ": " + code.message();
}

Error fail(Errc code, std::string context) {
    return {make_error_code(code), std::move(context)};
}

Error fail(boost::system::error_code code, std::string context) {
    return {code, std::move(context)};
}

Error within(std::string_view where, Error cause) {
    std::string context(where);
    if (!cause.context.empty()) context += ": " + cause.context;
    cause.context = std::move(context);
    return cause;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::logic_error("value() of an error: " + error.text());
}

}  // namespace voip
