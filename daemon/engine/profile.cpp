#include "daemon/engine/profile.hpp"

#include "protocol/limits.hpp"
#include "protocol/reader.hpp"

namespace voip::engine {

json::Value encode(const DeviceProfile& profile, const std::string& name, const std::string& version) {
    json::Value object{json::Object{}};
    if (!name.empty()) object.set("name", name);
    if (!version.empty()) object.set("version", version);
    if (profile.camera) object.set("camera", *profile.camera);
    if (profile.display) object.set("display", *profile.display);
    if (profile.microphone) object.set("microphone", *profile.microphone);
    if (profile.speaker) object.set("speaker", *profile.speaker);
    return object;
}

Answer<ProfileAnswer> decode_profile_answer(const json::Value& value) {
    Reader reader(value);
    ProfileAnswer answer;
    reader.objects("users", limits::contacts * limits::people_per_contact, [&](Reader& user) {
        Party person;
        person.id = user.string("openId", rule::open_id);
        person.name = user.optional_string("name", rule::name).value_or("");
        answer.users.push_back(std::move(person));
    });
    constexpr std::int64_t end_of_time = 253402300799999;  // of year 9999
    answer.time = reader.optional_integer("time", 0, end_of_time).value_or(0);
    return reader.finish(std::move(answer));
}

}  // namespace voip::engine
