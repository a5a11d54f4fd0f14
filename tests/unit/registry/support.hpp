#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "protocol/crypto/crypto.hpp"
#include "service/registry/auth.hpp"
#include "service/registry/registry.hpp"
#include "tests/support/printers.hpp"

namespace voip::registry {

/// 2026-01-01T00:00:00Z.
inline constexpr UnixMillis t0 = 1767225600000;
inline constexpr UnixMillis second = 1000;

/// The code of a refusal; 0 when it was none.
template <class T>
[[nodiscard]] int fault_of(const Answer<T>& answer) {
    return answer ? 0 : answer.error().err_code;
}

/// A folder of its own, gone at the end.
class TempFolder {
 public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

/// A registry with one product (app "wx1", model "m1" called "Intercom"), in a folder of its own.
class Fixture {
 public:
    explicit Fixture(RegistrySettings settings = {});

    /// Registers with a fresh ticket; the key's public half.
    crypto::KeyPair register_device(const std::string& sn = "SN1", UnixMillis now = t0,
                                    const std::string& app = "wx1", const std::string& model = "m1");
    [[nodiscard]] std::string ticket(const std::string& sn = "SN1", UnixMillis now = t0,
                                     const std::string& app = "wx1", const std::string& model = "m1");
    User add_user(const std::string& name = "Ann", const std::string& app = "wx1");
    void grant(const User& user, const std::string& sn = "SN1",
               const std::string& device_name = "Front door");
    /// Another process: the same file opened anew, without the earlier one having closed.
    void reopen(UnixMillis now = t0);
    /// Copies the files as they lie on the disk now (a kill at this moment) and opens the copy.
    void crash(UnixMillis now = t0);

    TempFolder folder;
    RegistrySettings settings;
    std::vector<std::string> failures;  // what on_failure was told
    std::filesystem::path file;
    Registry registry;

 private:
    [[nodiscard]] Registry open(UnixMillis now);
    int crashes_ = 0;
};

/// Lets files of this process grow no further, as a full disk does, while it lives.
class FullDisk {
 public:
    FullDisk();
    ~FullDisk();
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

 private:
    struct Limits;
    Limits* old_;
};

}  // namespace voip::registry
