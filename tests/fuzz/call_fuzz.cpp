// Any JSON as a callDevice request and as the result of initByCaller.
#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "tests/fuzz/demand.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace voip;
    const auto value = json::parse(fuzz::text_of(data, size));
    if (!value) return 0;
    fuzz::judge(*value, decode_call_device);
    fuzz::judge(*value, decode_init_result);
    const auto request = decode_call_device(*value);
    if (!request) {
        fuzz::demand(request.error().err_code == code::argument, "a wrong argument");
    } else {
        fuzz::demand(is_sn(request->sn) && !request->model_id.empty(), "a device");
    }
    const auto result = decode_init_result(*value);
    if (!result) {
        fuzz::demand(result.error().err_code == code::bad_answer, "a wrong answer");
    } else {
        fuzz::demand(result->is_success != result->room_id.empty(), "a room exactly when it succeeded");
    }
    return 0;
}
