// Any order of events on the supervisor of a media program, chosen by the input's bytes; a broken rule
// aborts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/unit/media_host/plan_walk.hpp"

namespace {

class Bytes final : public voip::call::test::Choices {
 public:
    Bytes(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
    unsigned pick(unsigned bound) override { return at_ == end_ ? 0 : *at_++ % bound; }
    [[nodiscard]] bool done() const override { return at_ == end_; }

 private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096) return 0;
    Bytes choices(data, size);
    const auto report = voip::media::host::test::walk(choices);
    for (const auto& rule : report.broken) std::fprintf(stderr, "broken: %s\n", rule.c_str());
    if (!report.broken.empty()) std::abort();
    return 0;
}
