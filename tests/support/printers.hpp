#pragma once
// How Catch2 shows the values of the wire, so that a failure reads as a story.
#include <string>

#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/fault.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"
#include "tests/support/catch.hpp"

template <>
struct Catch::StringMaker<voip::json::Value> {
    static std::string convert(const voip::json::Value& value) { return voip::json::write(value); }
};

template <>
struct Catch::StringMaker<voip::Fault> {
    static std::string convert(const voip::Fault& fault) {
        std::string text = "Fault " + std::to_string(fault.err_code);
        if (!fault.field.empty()) text += " at " + fault.field;
        text += " \"" + fault.err_msg + "\"";
        if (!fault.data.is_null()) text += " with " + voip::json::write(fault.data);
        return text;
    }
};

// CHECK(answer) prints the Fault, whatever the value's type is.
template <class T>
struct Catch::StringMaker<voip::Answer<T>> {
    static std::string convert(const voip::Answer<T>& answer) {
        return answer ? "a value" : Catch::StringMaker<voip::Fault>::convert(answer.error());
    }
};

template <>
struct Catch::StringMaker<boost::system::result<voip::rpc::Message, voip::rpc::Undecodable>> {
    static std::string convert(
        const boost::system::result<voip::rpc::Message, voip::rpc::Undecodable>& message) {
        return message ? "a message" : Catch::StringMaker<voip::Fault>::convert(message.error().fault);
    }
};

// Words, by their spelling.
template <class Word>
struct WordPrinter {
    static std::string convert(Word word) { return std::string(to_string(word)); }
};
template <>
struct Catch::StringMaker<voip::RoomType> : WordPrinter<voip::RoomType> {};
template <>
struct Catch::StringMaker<voip::ChargeType> : WordPrinter<voip::ChargeType> {};
template <>
struct Catch::StringMaker<voip::MiniprogramState> : WordPrinter<voip::MiniprogramState> {};
template <>
struct Catch::StringMaker<voip::Direction> : WordPrinter<voip::Direction> {};
template <>
struct Catch::StringMaker<voip::Phase> : WordPrinter<voip::Phase> {};
template <>
struct Catch::StringMaker<voip::EventName> : WordPrinter<voip::EventName> {};
template <>
struct Catch::StringMaker<voip::HangUpReason> : WordPrinter<voip::HangUpReason> {};
template <>
struct Catch::StringMaker<voip::Authorisation> : WordPrinter<voip::Authorisation> {};
template <>
struct Catch::StringMaker<voip::Retry> : WordPrinter<voip::Retry> {};
template <>
struct Catch::StringMaker<voip::CodeDomain> : WordPrinter<voip::CodeDomain> {};
template <>
struct Catch::StringMaker<voip::Registration> : WordPrinter<voip::Registration> {};

// Messages, as they travel.
template <class Message>
struct MessagePrinter {
    static std::string convert(const Message& message) { return voip::json::write(encode(message)); }
};
template <>
struct Catch::StringMaker<voip::RoomEvent> : MessagePrinter<voip::RoomEvent> {};
template <>
struct Catch::StringMaker<voip::CallIncoming> : MessagePrinter<voip::CallIncoming> {};
template <>
struct Catch::StringMaker<voip::RoomJoin> : MessagePrinter<voip::RoomJoin> {};
template <>
struct Catch::StringMaker<voip::RoomJoined> : MessagePrinter<voip::RoomJoined> {};
template <>
struct Catch::StringMaker<voip::RoomResume> : MessagePrinter<voip::RoomResume> {};
template <>
struct Catch::StringMaker<voip::RoomResumed> : MessagePrinter<voip::RoomResumed> {};
template <>
struct Catch::StringMaker<voip::RoomHangUp> : MessagePrinter<voip::RoomHangUp> {};
template <>
struct Catch::StringMaker<voip::RoomSignal> : MessagePrinter<voip::RoomSignal> {};
template <>
struct Catch::StringMaker<voip::RoomSnapshot> : MessagePrinter<voip::RoomSnapshot> {};
template <>
struct Catch::StringMaker<voip::MediaState> : MessagePrinter<voip::MediaState> {};
template <>
struct Catch::StringMaker<voip::InitByCaller> : MessagePrinter<voip::InitByCaller> {};
template <>
struct Catch::StringMaker<voip::InitResult> : MessagePrinter<voip::InitResult> {};
template <>
struct Catch::StringMaker<voip::CallDevice> : MessagePrinter<voip::CallDevice> {};
