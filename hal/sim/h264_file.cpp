#include "hal/sim/h264_file.hpp"

#include <unistd.h>

#include "core/file.hpp"

namespace voip::hal::sim {
namespace {

std::string text_of(h264::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void append_nal(std::string& stream, const h264::Nal& nal) {
    stream.append("\0\0\0\1", 4).append(text_of(nal.bytes));
}

}  // namespace

Result<H264File> H264File::open(const std::filesystem::path& path) {
    auto content = read_file(path, max_h264_file_bytes);
    if (content) return parse(*std::move(content));
    if (content.error().is(Errc::not_found)) return fail(Errc::device_gone, content.error().context);
    if (::access(path.c_str(), R_OK) != 0) return fail(Errc::refused, content.error().context);
    return fail(Errc::io, content.error().text());
}

Result<H264File> H264File::parse(std::string content) {
    H264File file;
    for (const h264::Picture& picture : h264::pictures(std::as_bytes(std::span(content))))
        if (auto added = file.add(picture); !added) return added.error();
    if (file.units_.empty())
        return fail(Errc::io, "no H.264 stream that begins with SPS, PPS and an IDR picture");
    return file;
}

Result<void> H264File::add(const h264::Picture& picture) {
    std::string parameters;
    for (const h264::Nal& nal : h264::split(picture.bytes)) {
        if (nal.type != h264::NalType::sps && nal.type != h264::NalType::pps) continue;
        append_nal(parameters, nal);
        if (nal.type != h264::NalType::sps) continue;
        const auto sps = h264::read_sps(nal.bytes);
        if (!sps) return fail(Errc::io, sps.error().text());
        if (units_.empty()) sps_ = *sps;
        if (sps->width != sps_.width || sps->height != sps_.height)
            return fail(Errc::io, "the pictures of the stream have different sizes");
    }
    if (picture.parameters) parameters_ = parameters;
    if (units_.empty() && !(picture.idr && picture.parameters)) return {};  // nothing to begin with yet
    auto unit = std::make_shared<Stored>();
    unit->key = picture.idr;
    if (picture.idr && !picture.parameters) unit->bytes = parameters_;
    unit->bytes += text_of(picture.bytes);
    units_.push_back(std::move(unit));
    return {};
}

H264File::Unit H264File::next(bool key) {
    if (key)
        while (!units_[at_]->key) at_ = (at_ + 1) % units_.size();  // the first one is
    const std::shared_ptr<const Stored> unit = units_[at_];
    at_ = (at_ + 1) % units_.size();
    return {unit, std::as_bytes(std::span(unit->bytes)), unit->key};
}

}  // namespace voip::hal::sim
