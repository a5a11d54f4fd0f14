#include "core/journal.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>

namespace voip {
namespace {

/// The text of ` key="..."`. Quotes inside of values are escaped, so nothing that a stranger sent can look
/// like it.
std::optional<std::string> field(std::string_view line, std::string_view key) {
    std::string mark = " ";
    mark.append(key).append("=\"");
    const auto found = line.find(mark);
    if (found == std::string_view::npos) return std::nullopt;
    std::string value;
    for (std::size_t i = found + mark.size(); i < line.size() && line[i] != '"'; ++i) {
        if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] != 'x') ++i;
        value += line[i];
    }
    return value;
}

void put(std::string& record, std::string_view name, std::string_view value) {
    if (!value.empty()) record.append(name).append("=").append(value).append("\n");
}

struct Socket {
    explicit Socket(int open) : fd(open) {}
    ~Socket() {
        if (fd >= 0) ::close(fd);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    const int fd;
};

}  // namespace

std::string journal_record(Level level, std::string_view line, std::string_view program) {
    std::string record;
    put(record, "MESSAGE", line);  // one line: control characters in values are escaped
    put(record, "PRIORITY", std::to_string(static_cast<int>(level)));
    put(record, "SYSLOG_IDENTIFIER", program);
    put(record, "WMPF_AREA", line.substr(0, line.find_first_of("[:")));
    put(record, "WMPF_CALL", field(line, "call").value_or(""));
    put(record, "WMPF_ROOM", field(line, "room").value_or(""));
    return record;
}

bool is_journal_stream(std::string_view stream, int fd) noexcept {
    struct stat info {};
    if (stream.empty() || ::fstat(fd, &info) != 0) return false;
    return stream == std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
}

LogHub::Sink journal_sink(std::string program, LogHub::Sink otherwise, std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return otherwise;
    std::memcpy(address.sun_path, path.data(), path.size());
    auto socket =
        std::make_shared<const Socket>(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return [socket, address, program = std::move(program), otherwise = std::move(otherwise)](
               Level level, std::string_view line) {
        const std::string record = journal_record(level, line, program);
        const auto sent = ::sendto(socket->fd, record.data(), record.size(), MSG_NOSIGNAL,
                                   reinterpret_cast<const sockaddr*>(&address), sizeof address);
        if (sent < 0) otherwise(level, line);
    };
}

}  // namespace voip
