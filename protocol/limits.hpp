#pragma once
#include <cstddef>

#include "core/clock.hpp"

/// Every size and time limit of the wire, with its source. Configurable ones are here as their defaults.
namespace voip::limits {

// Messages. @source protocol/README.md, "Limits"
inline constexpr std::size_t message_bytes = 64 * 1024;
inline constexpr std::size_t nesting_depth = 16;
inline constexpr std::size_t rpc_id_bytes = 64;
inline constexpr std::size_t method_bytes = 64;
inline constexpr std::size_t http_header_bytes = 16 * 1024;
inline constexpr std::size_t http_body_bytes = 64 * 1024;  // a body holds one message
inline constexpr std::size_t close_reason_bytes = 120;     // RFC 6455: 125 with the code

// Identities. @source the platform's documentation (SN: 128 bytes of [0-9A-Za-z_-]; deviceName: 13
// characters)
inline constexpr std::size_t sn_bytes = 128;
inline constexpr std::size_t device_name_characters = 13;
inline constexpr std::size_t sn_ticket_characters = 32;
inline constexpr std::size_t open_id_bytes = 128;
inline constexpr std::size_t model_id_bytes = 128;
inline constexpr std::size_t app_id_bytes = 128;
inline constexpr std::size_t name_bytes = 128;  // display names
inline constexpr std::size_t token_bytes = 2048;
inline constexpr std::size_t call_id_bytes = 64;
inline constexpr std::size_t room_id_bytes = 128;
inline constexpr std::size_t reason_bytes = 128;
inline constexpr std::size_t err_msg_bytes = 512;  // of a room's end, as a member says it
inline constexpr std::size_t custom_query_bytes = 1024;
inline constexpr std::size_t payload_bytes = 4096;
inline constexpr std::size_t nonce_min = 16, nonce_max = 64;
inline constexpr std::int64_t time_limit_max_s = 86400;

// ICE servers of one answer
inline constexpr std::size_t ice_servers = 16, ice_urls = 16, ice_url_bytes = 512;

// Signalling inside a room
inline constexpr std::size_t signal_bytes = 32 * 1024;
inline constexpr unsigned signals_per_second = 50;

// Tokens. @source protocol/README.md, "Tokens"; deviceToken and snTicket as the platform has them
inline constexpr Duration device_token_life = 3600s;
inline constexpr Duration push_token_life = 24h;
inline constexpr Duration user_token_life = 30 * 24h;
inline constexpr Duration sn_ticket_life = 300s;
inline constexpr Duration enrolment_code_life = 600s;
inline constexpr Duration access_token_life = 7200s;
inline constexpr Duration clock_skew = 300s;
inline constexpr Duration expiry_notice = 60s;  // channel.expiring comes this long before 4401

// Rooms and calls. @source the platform: ring 60 s, join 20 s
inline constexpr Duration ring_time = 60s;
inline constexpr Duration join_time = 20s;
inline constexpr Duration hunt_time = 30s;
inline constexpr Duration resume_time = 10s;      // after a restart of the service, or before talking
inline constexpr Duration talk_alone_time = 60s;  // one member of a talking room without a channel
inline constexpr Duration hang_up_time = 10s;     // one hang-up in flight, or a room not known yet
inline constexpr Duration ended_memory = 60s;     // an ended callId or roomId is remembered
inline constexpr Duration request_time = 10s;     // one request and its answer

// How much of one thing
inline constexpr unsigned dials_per_minute = 10;
inline constexpr unsigned login_failures_per_minute = 5;
inline constexpr std::size_t channels_per_user = 5;
inline constexpr std::size_t local_clients = 64;
inline constexpr std::size_t client_queue_bytes = 256 * 1024;
inline constexpr std::size_t contacts = 256;
inline constexpr std::size_t people_per_contact = 16;
inline constexpr std::size_t history_records = 1000;
inline constexpr std::size_t history_page = 100;

}  // namespace voip::limits
