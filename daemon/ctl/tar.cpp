#include "daemon/ctl/tar.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace voip::ctl {
namespace {

constexpr std::size_t block = 512;

/// The header of 512 bytes; numbers are octal text.
struct Header {
    char name[100], mode[8], uid[8], gid[8], size[12], changed[12], checksum[8], kind, link[100], magic[6],
        version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
static_assert(sizeof(Header) == block);

void append_header(std::string& out, const ArchiveFile& file, std::time_t changed) {
    Header header{};
    std::memcpy(header.name, file.name.data(), file.name.size());
    std::memcpy(header.mode, "0000600", 7);
    std::memcpy(header.uid, "0000000", 7);
    std::memcpy(header.gid, "0000000", 7);
    std::snprintf(header.size, sizeof header.size, "%011zo", file.text.size());
    std::snprintf(header.changed, sizeof header.changed, "%011llo", static_cast<unsigned long long>(changed));
    header.kind = '0';
    std::memcpy(header.magic, "ustar", 6);
    std::memcpy(header.version, "00", 2);
    std::memset(header.checksum, ' ', sizeof header.checksum);  // as blanks while it is summed up
    std::array<unsigned char, block> bytes{};
    std::memcpy(bytes.data(), &header, block);
    unsigned sum = 0;
    for (const unsigned char byte : bytes) sum += byte;
    std::snprintf(header.checksum, sizeof header.checksum, "%06o", sum & 0777777U);
    std::array<char, block> text{};
    std::memcpy(text.data(), &header, block);
    out.append(text.data(), block);
}

}  // namespace

Result<std::string> tar_archive(const std::vector<ArchiveFile>& files, std::time_t changed) {
    std::string out;
    for (const ArchiveFile& file : files) {
        if (file.name.empty() || file.name.size() >= sizeof(Header::name))
            return fail(Errc::bad_message, "\"" + file.name + "\" does not fit into an archive");
        append_header(out, file, changed);
        out.append(file.text).append((block - file.text.size() % block) % block, '\0');
    }
    return out.append(2 * block, '\0');
}

}  // namespace voip::ctl
