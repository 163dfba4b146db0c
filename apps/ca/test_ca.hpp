// What the authority's tests share: a token of SoftHSM2's in a folder of its own, an authority in
// it, orders as the gateway writes them, and other people's programs to judge what comes out.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "authority.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "crypto/test_command.hpp"
#include "db/db.hpp"
#include "office.hpp"

namespace mado::ca {

using mado::to_text;  // of bytes and days; ours of statuses would hide them

constexpr std::string_view softhsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr std::string_view test_arc = "1.3.6.1.4.1.32473.1";  // RFC 5612: for examples

class TestToken {
  public:
    TestToken() {
        crypto::write(path("softhsm2.conf"), "directories.tokendir = " + path("") +
                                                 "\nobjectstore.backend = file\n"
                                                 "log.level = ERROR\n");
        ::setenv("SOFTHSM2_CONF", path("softhsm2.conf").c_str(), 1);
        crypto::run_well(
            "softhsm2-util --init-token --free --label ca --pin 123456 --so-pin 12345678");
        crypto::write(path("pin"), "123456");
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] card::TokenKeys open() const {
        return {std::string(softhsm), "ca", Secret(as_bytes("123456"))};
    }

  private:
    TempFolder folder_;
};

inline Site test_site(std::string url = "http://ca.example") {
    return {.country = "JP", .oid_arc = std::string(test_arc), .url = std::move(url)};
}

inline const Names test_names{
    .country = "JP", .organisation = "Mado test", .common_name = "試験認証局"};

class TestAuthority {
  public:
    explicit TestAuthority(card::TokenKeyType type = card::TokenKeyType::p256,
                           UnixTime now = unix_now())
        : certificate_(make_authority(
              keys_,
              {.names = test_names, .key_type = type, .lifetime_s = authority_lifetime_s_max},
              now)) {}
    TestToken token;

  private:
    card::TokenKeys keys_{token.open()};
    crypto::Certificate certificate_;

  public:
    Authority authority{keys_, certificate_, test_site()};
};

// The one of the process, with a key of this type; made anew when another type is asked for.
inline TestAuthority& authority_with(card::TokenKeyType type) {
    static std::unique_ptr<TestAuthority> kept;
    static card::TokenKeyType kept_type{};
    if (!kept || kept_type != type) {
        kept.reset();  // a module is loaded once
        kept = std::make_unique<TestAuthority>(type);
        kept_type = type;
    }
    return *kept;
}

inline Attributes test_person() {
    return {.name = "髙橋 﨑子",
            .kana = "タカハシ サキコ",
            .address = "九十九県A市窓町1丁目2番3号",
            .birth_date = "1984-03-15",
            .sex = "female"};
}

inline std::string spki_text(const crypto::PublicKey& key) {
    return base64url(key.spki());
}

// A resident register and an insurer, as a directory has them, and what they sign.
class TestRegisters {
  public:
    TestRegisters() {
        add("21000013", "medical-insurer");
        add("992011", "municipality");
    }
    struct Said {
        std::string_view by = "992011";
        Attributes person = test_person();
        Hash order = crypto::sha256(as_bytes("the order that asked"));
        UnixTime at = unix_now();
        std::string_view verdict = "same";
        bool current = true;
        std::string_view service = "existence";
    };
    static Hash salt() { return crypto::sha256(as_bytes("salt")); }
    [[nodiscard]] std::string answer(const Said& said) const;
    // The order with this answer, to the order that asked.
    [[nodiscard]] Order confirmed(Order order, const Said& said) const {
        order.confirmed_by = base64url(said.order);
        order.answer = answer(said);
        order.salt = base64url(salt());
        return order;
    }
    [[nodiscard]] const Registers& registers() const { return registers_; }
    [[nodiscard]] const wire::Directory& directory() const { return directory_; }

  private:
    void add(std::string_view id, std::string_view kind) {
        const auto& key =
            keys_.emplace(id, crypto::PrivateKey::generate(crypto::KeyType::p256)).first->second;
        directory_.participants.push_back({.id = wire::ParticipantId::parse(id).value(),
                                           .name = std::string(id),
                                           .kind = wire::CodeId::parse(kind).value(),
                                           .certificates = {},
                                           .signing_keys = {{"1", key.public_key()}},
                                           .services = {},
                                           .sealing_keys = {},
                                           .addresses = {},
                                           .redirect_uris = {},
                                           .web_build = {}});
    }

    crypto::PrivateKey seal_to_ = crypto::PrivateKey::generate(crypto::KeyType::p256);
    std::map<std::string, crypto::PrivateKey> keys_;
    wire::Directory directory_;
    Registers registers_{.directory = directory_,
                         .kind = wire::CodeId::parse("municipality").value()};
};

inline const TestRegisters& test_registers() {
    static const TestRegisters all;
    return all;
}

// A row of the table that the gateway writes, by its own statement's columns.
inline void add_order(db::Connection& connection, const std::string& id, const Order& order) {
    connection
        .prepare(
            "insert into ordered (order_id, received_at, log_index, number, act, public_key, name, "
            "kana, address, birth_date, sex, serial, reason, confirmed_by, answer, salt) values "
            "(:id, 1, :index, :number, "
            ":act, "
            ":public_key, :name, :kana, :address, :birth_date, :sex, :serial, :reason, "
            ":confirmed_by, :answer, :salt) "
            "on conflict (order_id) do nothing")
        .bind("id", id)
        .bind("index", order.log_index)
        .bind("number", order.number)
        .bind("act", order.act)
        .bind("public_key", order.public_key)
        .bind("name", order.name)
        .bind("kana", order.kana)
        .bind("address", order.address)
        .bind("birth_date", order.birth_date)
        .bind("sex", order.sex)
        .bind("serial", order.serial)
        .bind("reason", order.reason)
        .bind("confirmed_by", order.confirmed_by)
        .bind("answer", order.answer)
        .bind("salt", order.salt)
        .execute();
}

inline Order authentication_order(const crypto::PublicKey& key, std::string number = "1") {
    return {
        .number = std::move(number), .act = "issue-authentication", .public_key = spki_text(key)};
}

inline Order signing_order(const crypto::PublicKey& key, std::string number = "1",
                           const Attributes& person = test_person(), UnixTime now = unix_now()) {
    return test_registers().confirmed({.number = std::move(number),
                                       .act = "issue-signing",
                                       .public_key = spki_text(key),
                                       .name = person.name,
                                       .kana = person.kana,
                                       .address = person.address,
                                       .birth_date = person.birth_date,
                                       .sex = person.sex},
                                      {.person = person, .at = now});
}

inline Order change_order(std::string act, std::string serial, std::string reason,
                          std::string number = "1") {
    return {.number = std::move(number),
            .act = std::move(act),
            .serial = std::move(serial),
            .reason = std::move(reason)};
}

inline int null_device() {
    static const int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    return descriptor;
}

// An authority at work on a store of its own.
class OfficeTest : public testing::Test {
  protected:
    explicit OfficeTest(card::TokenKeyType type = card::TokenKeyType::p256)
        : ca(authority_with(type)), office(options()) {}
    [[nodiscard]] OfficeOptions options() {
        return {.authority = ca.authority,
                .store = store,
                .log = log,
                .decided = decided,
                .asked = asked,
                .list_folder = folder.path("."),
                .utc_offset_s = 32'400,
                .registers = &test_registers().registers()};
    }
    [[nodiscard]] std::string list_file() const {
        return folder.path(base64url(ca.authority.certificate().thumbprint()) + ".crl");
    }
    // Until nothing waits.
    void work(UnixTime now = unix_now()) {
        while (office.work(now)) {
        }
    }
    std::string order(const Order& one) {
        const auto id = base64url(crypto::random_hash());
        add_order(gateway, id, one);
        work();
        return id;
    }
    std::string outcome(const std::string& id) {
        auto statement = gateway.prepare(
            "select outcome || coalesce(' ' || refusal, '') from decided join ordered using (line) "
            "where order_id = :id");
        statement.bind("id", id);
        return statement.step() ? statement.text(0) : "waiting";
    }
    std::string said(const Order& one) { return outcome(order(one)); }
    // The certificate of an order.
    crypto::Certificate issued(const Order& one) {
        const auto id = order(one);
        auto statement = gateway.prepare(
            "select der from certificate join ordered using (line) where order_id = :id");
        statement.bind("id", id);
        EXPECT_TRUE(statement.step()) << outcome(id);
        return crypto::Certificate::from_der(parse_base64url(statement.text(0)).value()).value();
    }
    std::string write(const std::string& name, ByteView bytes) const {
        replace_file(folder.path(name), bytes);
        return folder.path(name);
    }

    TempFolder folder;
    TestAuthority& ca;
    Store store{folder.path("ca.sqlite")};
    db::Connection gateway{folder.path("ca.sqlite"), db::Access::read_write};
    const Log log{"test", null_device()};
    http::CounterFamily decided{{"outcome"}};
    http::CounterFamily asked{{"status"}};
    Office office;
};

}  // namespace mado::ca
