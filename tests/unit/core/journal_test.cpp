// Log lines as records of the journal, and the socket that takes them.
#include "core/journal.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace voip;
using voip::test::TempDir;

TEST_CASE("journal: a line gives its area, call and room as 3 fields of their own", "[core][unit]") {
    CHECK(journal_record(Level::notice, R"(call[7]: call over call="c1" room="r 1" code=0)", "wmpf-voipd") ==
          "MESSAGE=call[7]: call over call=\"c1\" room=\"r 1\" code=0\nPRIORITY=5\n"
          "SYSLOG_IDENTIFIER=wmpf-voipd\nWMPF_AREA=call\nWMPF_CALL=c1\nWMPF_ROOM=r 1\n");
    CHECK(journal_record(Level::err, "daemon: ready", "p") ==
          "MESSAGE=daemon: ready\nPRIORITY=3\nSYSLOG_IDENTIFIER=p\nWMPF_AREA=daemon\n");
}

TEST_CASE("journal: what a stranger sends forges 0 fields", "[core][unit]") {
    std::string line = "call: ignored";
    for (const LogField& part : {kv("name", "x\" room=\"forged\"\nWMPF_ROOM=forged"), kv("room", "a\"b\\c")})
        line.append(" ").append(part.key).append("=").append(part.value);
    const std::string record = journal_record(Level::info, line, "p");
    CHECK(record.find("\nWMPF_ROOM=a\"b\\c\n") != std::string::npos);
    CHECK(record.find("WMPF_ROOM=forged\n") == std::string::npos);
    std::size_t lines = 0;
    for (const char c : record) lines += c == '\n' ? 1U : 0U;
    CHECK(lines == 5);
}

TEST_CASE("journal: stderr is the journal's when its 2 numbers are the stream's", "[core][unit]") {
    const TempDir folder;
    const int fd = ::open((folder / "stream").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    struct stat info {};
    REQUIRE(::fstat(fd, &info) == 0);
    const std::string ours = std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
    CHECK(is_journal_stream(ours, fd));
    CHECK_FALSE(is_journal_stream(ours + "1", fd));
    CHECK_FALSE(is_journal_stream("", fd));
    ::close(fd);
    CHECK_FALSE(is_journal_stream(ours, fd));
}

TEST_CASE("journal: 1 line goes to the socket, and to the other sink when nobody listens", "[core][unit]") {
    const TempDir folder;
    const std::string name = (folder / "socket").string();
    std::vector<std::string> otherwise;
    const LogHub::Sink sink = journal_sink(
        "p", [&](Level, std::string_view line) { otherwise.emplace_back(line); }, name);
    sink(Level::info, "a: first");
    CHECK(otherwise == std::vector<std::string>{"a: first"});

    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    sink(Level::info, "a: second");
    char text[256];
    const auto size = ::recv(fd, text, sizeof text, 0);
    REQUIRE(size > 0);
    CHECK(std::string(text, static_cast<std::size_t>(size)) == journal_record(Level::info, "a: second", "p"));
    CHECK(otherwise.size() == 1);
    ::close(fd);
}
