// What the gateway's tests share: a country with two insurers, a relay that may lie (it has the
// log's key, and no requester's), and a holder's database.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "db/db.hpp"
#include "evidence.hpp"
#include "service.hpp"
#include "wire/test_wire.hpp"

namespace mado::gateway {

constexpr std::string_view test_policies = R"({"utc_offset_s":32400,"policies":[
 {"id":"number","service":"eligibility","requester_kind":"clinic","purpose":"treatment",
  "presence":"number","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":true,"from":"2020-01-01","to":"2026-11-22"},
 {"id":"seen","service":"eligibility","requester_kind":"clinic","purpose":"treatment",
  "presence":"card-seen","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":true,"from":"2020-01-01"},
 {"id":"check","service":"eligibility","requester_kind":"clinic","purpose":"treatment",
  "presence":"card-pin","mandate":"check","holder_kinds":["medical-insurer"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"care","service":"eligibility","requester_kind":"clinic","purpose":"treatment",
  "presence":"number","holder_kinds":["care-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":false,"from":"2020-01-01"},
 {"id":"told","service":"health-care-number","requester_kind":"clinic","purpose":"issuing",
  "presence":"none","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":false,"from":"2020-01-01"},
 {"id":"filed","service":"dependant","requester_kind":"clinic","purpose":"issuing",
  "presence":"card-pin","mandate":"application","holder_kinds":["medical-insurer"],
  "legal_basis":"…","keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"filings","service":"dependants","requester_kind":"clinic","purpose":"issuing",
  "presence":"none","holder_kinds":["medical-insurer"],"legal_basis":"…","keep_days":30,
  "tell_at_once":false,"from":"2020-01-01"},
 {"id":"own-view","service":"eligibility","requester_kind":"clinic","purpose":"issuing",
  "presence":"card-pin","mandate":"login","holder_kinds":["medical-insurer"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":false,"from":"2020-01-01"},
 {"id":"changed","service":"answer-changed","requester_kind":"medical-insurer",
  "purpose":"membership","presence":"none","holder_kinds":["relay"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":true,"from":"2020-01-01"},
 {"id":"says","service":"health-care-number","requester_kind":"medical-insurer",
  "purpose":"membership","presence":"none","holder_kinds":["medical-insurer"],"legal_basis":"…",
  "keep_days":30,"tell_at_once":true,"from":"2020-01-01"},
 {"id":"newborn","service":"health-care-number","requester_kind":"clinic","purpose":"birth",
  "presence":"card-pin","mandate":"application","holder_kinds":["medical-insurer"],
  "legal_basis":"…","keep_days":30,"tell_at_once":false,"unlinked":true,"from":"2020-01-01"}]})";

struct GatewayCountry : wire::TestCountry {
    crypto::PrivateKey insurer_sealing = crypto::PrivateKey::generate(crypto::KeyType::p256);

    // Besides: another insurer behind another gateway, and a clinic with a key of its own.
    [[nodiscard]] std::string directory_json() const {
        const auto sealing =
            fmt::format(R"("services":["eligibility","health-care-number"],)"
                        R"("sealing_keys":[{{"kid":"{}","jwk":{}}}],)",
                        wire::kid_of(insurer_sealing), insurer_sealing.public_key().jwk());
        const auto json =
            wire::replaced(TestCountry::directory_json(),
                           R"("services":["eligibility","health-care-number"],)", sealing);
        const auto other = fmt::format(
            R"({{"id":"06990099","name":"…","kind":"medical-insurer","certificates":["{}"],)"
            R"("signing_keys":[],"services":["eligibility"],"addresses":[]}},)",
            base64url(wire::filled(6)));
        return wire::replaced(json, R"({"id":"clinic-1")", other + R"({"id":"clinic-1")");
    }
    [[nodiscard]] wire::Directory directory() const {
        return wire::valid(
            wire::open_directory(sign_directory(directory_json()), authority.public_key()));
    }

    static constexpr std::int64_t keep_s = 30 * 86'400;  // as the policies say

    // What an honest relay would send, where nothing is changed.
    struct Forgery {
        std::function<void(wire::Head&)> head = [](wire::Head&) {};
        std::function<void(wire::Order&)> order = [](wire::Order&) {};
        std::string number = R"({"holder":"06990014","scheme":"insured-number","number":"1"})";
        const crypto::PrivateKey* signer = nullptr;  // of the head; the clinic
        UnixTime now = wire::test_now;
    };
    wire::Delivery deliver() { return deliver(Forgery{}); }
    wire::Delivery deliver(const Forgery& forgery) {
        auto asked = head();
        asked.issued_at = forgery.now;
        asked.expires = forgery.now + 60;
        forgery.head(asked);
        const auto& key = forgery.signer == nullptr ? clinic : *forgery.signer;
        auto made = order();
        made.time = forgery.now;
        made.keep_until = made.time + keep_s;
        made.policy = wire::code_id("number");
        made.head = wire::sign_head(asked, wire::kid_of(key), key);
        wire::Delivery out{.receipt = {},
                           .number = forgery.number,
                           .number_salt = crypto::random_hash(),
                           .birth_date = parse_date("1986-11-22").value()};
        made.number = wire::commit_number(out.number_salt, as_bytes(out.number));
        forgery.order(made);
        grow(3);
        out.receipt = log_order(wire::complete(made));
        return out;
    }
};

inline int null_device() {
    return ::open("/dev/null", O_WRONLY | O_CLOEXEC);
}

// A holder's database and the mapping of its rows.
struct TestRegister {
    explicit TestRegister(const TempFolder& folder)
        : database(folder.path("register.sqlite")), mapping(folder.path("mapping.toml")) {
        run("create table insured (number, name, birth_date, share_percent, valid_from, valid_to, "
            "rank, guarantee, as_of); insert into insured values "
            "('1', '花子', '1986-11-22', 30, '2024-04-01', null, 1, 1, 1795300000)");
        map("select number, name, birth_date, share_percent, valid_from, valid_to, rank, "
            "guarantee, "
            "as_of from insured where number = :number");
    }
    void run(std::string_view sql) const { db::Connection(database, db::Access::create).run(sql); }
    void map(std::string_view rows, std::string_view service = "eligibility") const {
        write_mapping(
            fmt::format("[holder]\nid = \"06990014\"\nkind = \"medical-insurer\"\n"
                        "name = \"…\"\n[service.{}]\nrows = \"\"\"{}\"\"\"\n",
                        service, rows));
    }
    void write_mapping(std::string_view text) const { replace_file(mapping, as_bytes(text)); }

    std::string database;
    std::string mapping;
};

// A row of evidence; other numbers make other rows.
inline EvidenceRow test_row(std::uint8_t entry) {
    return {.entry = wire::filled(entry),
            .request = wire::filled(entry),
            .log_index = entry,
            .origin = "log.example/1",
            .time = wire::test_now,
            .keep_until = wire::test_now + 86'400,
            .holder = "06990014",
            .number = "number",
            .requester = "clinic-1",
            .service = "eligibility",
            .outcome = wire::Outcome::answered,
            .receipt = "receipt"};
}

}  // namespace mado::gateway
