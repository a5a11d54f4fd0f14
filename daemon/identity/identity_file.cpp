#include "daemon/identity/identity_file.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "core/file.hpp"
#include "core/json.hpp"

namespace voip::identity {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t file_limit = 16 * 1024;
constexpr unsigned secret = 0600;
constexpr std::pair<Enrolment, std::string_view> words[] = {
    {Enrolment::none, "none"},
    {Enrolment::pending, "pending"},
    {Enrolment::registered, "registered"},
    {Enrolment::lost, "lost"},
};

std::optional<Enrolment> enrolment_of(std::string_view word) noexcept {
    for (const auto& [value, name] : words)
        if (name == word) return value;
    return std::nullopt;
}

/// "identity.key.aB3dE9": the temporary file of a write that a power loss cut short. Six small letters are
/// somebody's word ("backup"): kept.
bool is_leftover(std::string_view name, std::string_view of) noexcept {
    if (!name.starts_with(of)) return false;
    name.remove_prefix(of.size());
    if (name.size() != 7 || name.front() != '.') return false;
    name.remove_prefix(1);
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto other = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    return std::all_of(name.begin(), name.end(), [&](char c) { return small(c) || other(c); }) &&
           std::any_of(name.begin(), name.end(), other);
}

}  // namespace

std::string_view to_string(Enrolment enrolment) noexcept {
    for (const auto& [value, name] : words)
        if (value == enrolment) return name;
    return "?";
}

FolderVerdict judge_folder(const FoundFiles& found) noexcept {
    using State = FoundFiles::State;
    const bool recorded = found.record == State::good;
    if (found.key == State::good) {
        if (recorded && found.same_device) return {found.recorded, false};
        if (recorded && found.recorded == Enrolment::none) return {Enrolment::none, false};
        return {Enrolment::pending, false};  // the service knows what the record does not
    }
    const bool first_start = found.key == State::absent && found.record == State::absent;
    const bool never_asked = recorded && (found.recorded == Enrolment::none || !found.same_device);
    if (first_start || never_asked) return {Enrolment::none, true};
    return {Enrolment::lost, false};
}

IdentityFile::IdentityFile(fs::path folder, DeviceName device, Log log)
    : folder_(std::move(folder)),
      key_path_(folder_ / "identity.key"),
      record_path_(folder_ / "identity.json"),
      device_(std::move(device)),
      log_(std::move(log)) {}

Result<IdentityFile::Loaded> IdentityFile::load() {
    std::error_code ignored;  // a folder that cannot be made shows at the first write
    if (fs::create_directories(folder_, ignored)) fs::permissions(folder_, fs::perms::owner_all, ignored);
    Loaded loaded;
    FoundFiles found;
    const auto key = load_key(loaded.key);
    if (!key) return key.error();
    const auto record = load_record(found);
    if (!record) return record.error();
    found.key = *key;
    found.record = *record;
    remove_leftovers();
    if (found.key == FoundFiles::State::damaged) set_aside_damaged(key_path_);
    if (found.record == FoundFiles::State::damaged) set_aside_damaged(record_path_);
    const FolderVerdict verdict = judge_folder(found);
    if (verdict.new_key) return first_start();
    if (loaded.key) tighten_key();
    if (found.record == FoundFiles::State::good && !found.same_device)
        log_.notice("the state folder was used under another SN, model or app; the key is kept");
    loaded.enrolment = verdict.enrolment;
    if (verdict.enrolment == Enrolment::lost) {
        loaded.problem = lost_message();
        log_.err("identity lost", kv("why", loaded.problem));
        // Without a record the next start would take the empty folder for a new device's.
        const bool known = found.record == FoundFiles::State::good && found.recorded == Enrolment::lost;
        const auto kept = known ? Result<void>() : store(Enrolment::lost);
        if (!kept) log_.warning("the loss could not be recorded", kv("why", kept.error().text()));
    }
    return loaded;
}

IdentityFile::Loaded IdentityFile::first_start() {
    Loaded loaded;
    // The record first: a key without one counts as a key that may be registered.
    auto stored = store(Enrolment::none);
    if (stored) {
        auto key = make_key();
        if (key) {
            loaded.key = std::move(*key);
            log_.notice("made the device's key", kv("file", key_path_.string()));
            return loaded;
        }
        stored = key.error();
    }
    loaded.problem = "the device's key cannot be stored: " + stored.error().text();
    log_.err("the device's key cannot be stored", kv("why", stored.error().text()));
    return loaded;
}

Result<crypto::KeyPair> IdentityFile::make_key() {
    crypto::KeyPair key = crypto::KeyPair::generate();
    const auto written = write_file(key_path_, key.private_pem(), secret);
    if (!written) return written.error();
    return key;
}

Result<void> IdentityFile::store(Enrolment enrolment) {
    json::Value record;
    record.set("sn", device_.sn).set("modelId", device_.model_id).set("appId", device_.app_id);
    record.set("registration", to_string(enrolment));
    return write_file(record_path_, json::write_pretty(record) + "\n", secret);
}

Result<FoundFiles::State> IdentityFile::load_key(std::optional<crypto::KeyPair>& key) const {
    const auto text = read_file(key_path_, file_limit);
    if (!text && text.error().is(Errc::not_found)) return FoundFiles::State::absent;
    if (!text && !text.error().is(Errc::too_large)) return text.error();
    if (!text) return FoundFiles::State::damaged;
    auto pair = crypto::KeyPair::from_pem(*text);
    if (!pair) return FoundFiles::State::damaged;
    key = std::move(*pair);
    return FoundFiles::State::good;
}

Result<FoundFiles::State> IdentityFile::load_record(FoundFiles& found) const {
    const auto text = read_file(record_path_, file_limit);
    if (!text && text.error().is(Errc::not_found)) return FoundFiles::State::absent;
    if (!text && !text.error().is(Errc::too_large)) return text.error();
    if (!text) return FoundFiles::State::damaged;
    const auto record = json::parse(*text);
    if (!record || !record->as_object()) return FoundFiles::State::damaged;
    const auto enrolment = enrolment_of(text_at(*record, "registration"));
    const DeviceName device{text_at(*record, "sn"), text_at(*record, "modelId"), text_at(*record, "appId")};
    if (!enrolment || device.sn.empty()) return FoundFiles::State::damaged;
    found.recorded = *enrolment;
    found.same_device = device == device_;
    return FoundFiles::State::good;
}

void IdentityFile::remove_leftovers() const {
    std::error_code ec;
    std::vector<fs::path> leftovers;
    for (fs::directory_iterator at(folder_, ec), end; !ec && at != end; at.increment(ec)) {
        const std::string name = at->path().filename().string();
        if (is_leftover(name, "identity.key") || is_leftover(name, "identity.json"))
            leftovers.push_back(at->path());
    }
    for (const fs::path& path : leftovers)
        if (fs::remove(path, ec))
            log_.info("removed what an interrupted write left", kv("file", path.string()));
}

void IdentityFile::tighten_key() const {
    std::error_code ec;
    const fs::perms others = fs::perms::group_all | fs::perms::others_all;
    if ((fs::status(key_path_, ec).permissions() & others) == fs::perms::none || ec) return;
    fs::permissions(key_path_, fs::perms::owner_read | fs::perms::owner_write, ec);
    log_.warning("others could read the device's key; permissions are 0600 again",
                 kv("file", key_path_.string()), kv("done", !ec));
}

void IdentityFile::set_aside_damaged(const fs::path& path) const {
    const auto aside = set_aside(path);
    log_.err("a damaged file is set aside", kv("file", path.string()),
             kv("as", aside ? aside->string() : aside.error().text()));
}

std::string IdentityFile::lost_message() const {
    return "the key of this device is damaged or gone (" + key_path_.string() +
           "): an operator must reset the device's key at the service, then register it with a new snTicket";
}

}  // namespace voip::identity
