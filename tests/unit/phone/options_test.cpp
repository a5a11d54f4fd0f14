#include "service/phone/options.hpp"

#include "tests/support/catch.hpp"

namespace voip::phone {
namespace {

Result<Options> parsed(std::vector<const char*> arguments) {
    return parse_options(arguments);
}

TEST_CASE("phone options: a full command line is understood", "[phone][unit]") {
    const auto options =
        parsed({"--service", "https://localhost:8443", "--ca", "/tmp/ca.pem", "--as", "reception",
                "--auto-answer=1.5", "--call", "SN-1", "--via", "initByCaller", "--voice"});
    REQUIRE(options.has_value());
    CHECK(options->phone.service.host == "localhost");
    CHECK(options->phone.service.port == 8443);
    CHECK(options->phone.habits.auto_answer == Duration(1500ms));
    CHECK(options->phone.via == Via::initByCaller);
    CHECK(options->phone.room_type == RoomType::voice);
}

TEST_CASE("phone options: --auto-answer alone answers at once and takes no value from its neighbour",
          "[phone][unit]") {
    const auto options = parsed({"--service", "https://h", "--auto-answer", "--as", "x"});
    REQUIRE(options.has_value());
    CHECK(options->phone.habits.auto_answer == Duration::zero());
    CHECK(options->phone.login_name == "x");
}

TEST_CASE("phone options: each fault names its option", "[phone][unit]") {
    struct Row {
        std::vector<const char*> arguments;
        std::string word;
    };
    const std::vector<Row> rows{
        {{"--service", "https://h"}, "--as"},
        {{"--as", "x"}, "--service"},
        {{"--as", "x", "--service", "http://h"}, "--service"},
        {{"--as", "x", "--service", "https://h", "--auto-answer=soon"}, "--auto-answer"},
        {{"--as", "x", "--service", "https://h", "--auto-answer=-1"}, "--auto-answer"},
        {{"--as", "x", "--service", "https://h", "--auto-answer=nan"}, "--auto-answer"},
        {{"--as", "x", "--service", "https://h", "--auto-answer", "--reject"}, "--reject"},
        {{"--as", "x", "--service", "https://h", "--call", "a b"}, "--call"},
        {{"--as", "x", "--service", "https://h", "--call", "S", "--via", "pigeon"}, "--via"},
        {{"--nonsense"}, "--nonsense"},
    };
    for (const Row& row : rows) {
        const auto options = parsed(row.arguments);
        INFO(row.word);
        REQUIRE(!options.has_value());
        CHECK(options.error().context.find(row.word) != std::string::npos);
    }
}

}  // namespace
}  // namespace voip::phone
