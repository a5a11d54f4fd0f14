// What a build without the media program has in the encoder's place.
#include "hal/encode/encoder.hpp"

namespace voip::hal::encode {

Result<std::unique_ptr<Encoder>> open_encoder(asio::any_io_executor, const EncoderSettings&,
                                              Encoder::OnPicture, Encoder::OnFailed) {
    return fail(Errc::not_found, "this build has no encoder for pictures");
}

Result<void> prepare_encoder() {
    return fail(Errc::not_found, "this build has no encoder for pictures");
}

}  // namespace voip::hal::encode
