#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/log.hpp"
#include "protocol/crypto/crypto.hpp"

namespace voip::identity {

/// What the state folder remembers about the registration.
enum class Enrolment {
    none,     ///< never asked for, or refused
    pending,  ///< asked for and the answer is not known, or the record is gone: asking for a token finds out
    registered,
    lost,  ///< was registered (or may have been) with a key that is gone
};
[[nodiscard]] std::string_view to_string(Enrolment enrolment) noexcept;

/// What the folder was found to hold, and what that means. Pure.
struct FoundFiles {
    enum class State { absent, damaged, good };
    State key = State::absent;
    State record = State::absent;
    Enrolment recorded = Enrolment::none;  ///< of a good record
    bool same_device = true;  ///< the good record's sn, modelId and appId are the configured ones
};
struct FolderVerdict {
    Enrolment enrolment = Enrolment::none;
    bool new_key = false;  ///< make one: this SN certainly had none
    friend bool operator==(const FolderVerdict&, const FolderVerdict&) = default;
};
/// A key that may have been registered is never replaced silently: the service would refuse the new one (409,
/// errCode 9), and only an operator can tell a broken disk from somebody else with the same SN.
[[nodiscard]] FolderVerdict judge_folder(const FoundFiles& found) noexcept;

/// Whose identity it is.
struct DeviceName {
    std::string sn, model_id, app_id;
    friend bool operator==(const DeviceName&, const DeviceName&) = default;
};

/// The state folder's two files: identity.key (PEM, 0600) and identity.json (the registration's record).
/// Blocks for the disk: at the start and at a registration only.
class IdentityFile {
 public:
    struct Loaded {
        std::optional<crypto::KeyPair> key;  ///< absent when lost, or when a first key could not be stored
        Enrolment enrolment = Enrolment::none;
        std::string problem;  ///< for people; empty when all is well
    };

    IdentityFile(std::filesystem::path folder, DeviceName device, Log log);

    /// Makes the folder and the first key where there is none; sets damaged files aside; removes what a power
    /// loss left behind. @errors io: a file is there but cannot be read (nothing is changed then)
    [[nodiscard]] Result<Loaded> load();
    /// Makes a new key and stores it, durably, before it returns. @errors io
    [[nodiscard]] Result<crypto::KeyPair> make_key();
    [[nodiscard]] Result<void> store(Enrolment enrolment);

 private:
    void remove_leftovers() const;
    void tighten_key() const;
    void set_aside_damaged(const std::filesystem::path& path) const;
    [[nodiscard]] Result<FoundFiles::State> load_key(std::optional<crypto::KeyPair>& key) const;
    [[nodiscard]] Result<FoundFiles::State> load_record(FoundFiles& found) const;
    [[nodiscard]] Loaded first_start();
    [[nodiscard]] std::string lost_message() const;

    std::filesystem::path folder_, key_path_, record_path_;
    DeviceName device_;
    Log log_;
};

}  // namespace voip::identity
