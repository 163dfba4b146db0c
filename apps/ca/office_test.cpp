// The authority at work: orders decided once, lists and OCSP that follow at once, whatever breaks.
#include "office.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "base/json.hpp"
#include "crypto/crl.hpp"
#include "take_on.hpp"
#include "test_ca.hpp"
#include "test_lint.hpp"

namespace mado::ca {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using crypto::run;
using crypto::run_well;

std::string serial_of(const crypto::Certificate& certificate) {
    return serial_text(certificate.serial());
}

crypto::PublicKey new_key(KeyType type = KeyType::p256) {
    return PrivateKey::generate(type).public_key();
}

class Working : public OfficeTest {
  protected:
    explicit Working(card::TokenKeyType type = card::TokenKeyType::p256) : OfficeTest(type) {}
    bool listed(const crypto::Certificate& one) const {
        const auto list = crypto::Crl::read(as_bytes(read_file(list_file()).value_or("")),
                                            ca.authority.certificate());
        EXPECT_TRUE(list.has_value());
        return list && list->lists(one.serial());
    }
    std::string status(const crypto::Certificate& one) {
        const auto row = store.status(one.serial());
        return row ? std::string(to_text(row->status)) + " " + row->reason.value_or("-") : "none";
    }
};

TEST_F(Working, AnOrderBecomesACertificateThatKeepsItsProfile) {
    const auto authentication = issued(authentication_order(new_key()));
    const auto signing = issued(signing_order(new_key(KeyType::p384)));
    using Rules = std::vector<std::string>;
    const auto& authority = ca.authority.certificate();
    EXPECT_EQ(lint(Profile::authentication, authentication.der(), authority), Rules{});
    EXPECT_EQ(lint(Profile::signing, signing.der(), authority), Rules{});
    EXPECT_EQ(status(authentication), "good -");
    EXPECT_FALSE(listed(authentication));
}

TEST_F(Working, TheSameOrderOnceMoreIsNothingNew) {
    const auto id = order(authentication_order(new_key()));
    add_order(gateway, id, authentication_order(new_key()));
    work();
    EXPECT_EQ(store.counts().ordered, 1);
    EXPECT_EQ(store.counts().certificates, 1);
}

TEST_F(Working, TwoCertificatesOfOneOrderCannotBeKept) {
    const auto id = order(authentication_order(new_key()));
    const auto key = new_key();
    const Order again{.line = 1, .number = "1", .act = "issue-authentication"};
    EXPECT_THROW(store.decide(again,
                              Issued{.serial = new_serial(),
                                     .use = Use::authentication,
                                     .key = key_hash(key),
                                     .validity = {.not_before = 1, .not_after = 2},
                                     .der = Bytes{1},
                                     .supersedes = {}},
                              unix_now()),
                 db::ConstraintBroken);
    EXPECT_THROW(gateway.run("insert into certificate select '" + std::string(40, '0') +
                             "', line, number, use, key, not_before, not_after, der, status, "
                             "since, log_index, reason from certificate"),
                 db::ConstraintBroken);
    EXPECT_EQ(store.counts().certificates, 1);
}

TEST_F(Working, ARefusalIsARowThatSaysWhy) {
    EXPECT_EQ(said({.number = "1", .act = "issue-authentication"}), "refused key_malformed");
    EXPECT_EQ(said(change_order("revoke", std::string(40, '0'), "lost")), "refused serial_unknown");
    EXPECT_EQ(store.counts().certificates, 0);
    EXPECT_EQ(said(authentication_order(new_key())), "issued") << "and the next one goes on";
}

TEST_F(Working, ANewOneSupersedesTheOneOfItsKey) {
    const auto key = new_key();
    const auto old = issued(authentication_order(key));
    const auto signing = issued(signing_order(new_key()));
    const auto others = issued(authentication_order(new_key(), "2"));
    const auto card = issued(authentication_order(new_key()));
    const auto next = issued(authentication_order(key));
    EXPECT_EQ(status(old), "revoked superseded");
    EXPECT_TRUE(listed(old));
    for (const auto* one : {&signing, &others, &card, &next}) {
        EXPECT_EQ(status(*one), "good -");
        EXPECT_FALSE(listed(*one));
    }
}

TEST_F(Working, SuspendedResumedRevokedAreSeenInTheList) {
    const auto one = issued(authentication_order(new_key()));
    EXPECT_EQ(said(change_order("suspend", serial_of(one), "lost")), "changed");
    EXPECT_EQ(status(one), "suspended lost");
    EXPECT_TRUE(listed(one));
    EXPECT_EQ(said(change_order("suspend", serial_of(one), "lost")), "unchanged");
    EXPECT_EQ(said(change_order("resume", serial_of(one), "found")), "changed");
    EXPECT_EQ(status(one), "good -");
    EXPECT_FALSE(listed(one));
    EXPECT_EQ(said(change_order("revoke", serial_of(one), "lost")), "changed");
    EXPECT_TRUE(listed(one));
    EXPECT_EQ(said(change_order("resume", serial_of(one), "found")), "refused revoked");
    EXPECT_EQ(said(change_order("revoke", serial_of(one), "lost", "2")), "refused serial_of_other");
}

// What was signed while it was on hold stays signed by a certificate that did not count.
TEST_F(Working, ARevocationAfterAHoldCountsFromTheHold) {
    const auto one = issued(authentication_order(new_key()));
    const auto since = [&] { return store.status(one.serial())->since; };
    const auto now = unix_now();
    const auto change_at = [&](const char* act, const char* reason, UnixTime at) {
        add_order(gateway, act + std::to_string(at), change_order(act, serial_of(one), reason));
        work(at);
    };
    change_at("suspend", "lost", now + 10);
    EXPECT_EQ(since(), now + 10);
    change_at("resume", "found", now + 20);
    EXPECT_EQ(since(), now + 20);
    change_at("suspend", "lost", now + 30);
    change_at("revoke", "lost", now + 40);
    EXPECT_EQ(status(one), "revoked lost");
    EXPECT_EQ(since(), now + 30);
}

// RFC 5280 section 3.3, also where nothing ran meanwhile.
TEST_F(Working, NobodyLeavesTheListBeforeTheyWereOnOneOfAfterTheirEnd) {
    const auto one = issued(authentication_order(new_key()));
    EXPECT_EQ(said(change_order("revoke", serial_of(one), "lost")), "changed");
    work(one.not_after() - 3'600);
    work(one.not_after() + 3 * list_lifetime_s);
    EXPECT_TRUE(listed(one));
    work(one.not_after() + 4 * list_lifetime_s);
    EXPECT_FALSE(listed(one));
}

TEST_F(Working, NameOrAddressChangedEndsSigningAlone) {
    const auto authentication = issued(authentication_order(new_key()));
    const auto key = new_key();
    const auto signing = issued(signing_order(key));
    EXPECT_EQ(said(change_order("revoke", serial_of(signing), "attributes-changed")), "changed");
    EXPECT_EQ(status(authentication), "good -");
    auto moved = test_person();
    moved.address = "九十九県B市港町4番";
    const auto next = issued(signing_order(key, "1", moved));  // the card keeps its key
    EXPECT_EQ(other_name(next.der(), std::string(test_arc) + ".2.5"), moved.address);
}

TEST_F(Working, AListLeavesOutWhatIsOver) {
    const auto one = issued(authentication_order(new_key()));
    ASSERT_EQ(said(change_order("revoke", serial_of(one), "ended")), "changed");
    // One more list after its end (RFC 5280 section 3.3).
    work(one.not_after() + 1);
    EXPECT_TRUE(listed(one));
    work(one.not_after() + list_lifetime_s + list_renewed_s + 1);
    EXPECT_FALSE(listed(one));
}

TEST_F(Working, ListsAreRenewedAndNeverGoBack) {
    const auto now = unix_now();
    const auto list = [this] {
        return crypto::Crl::read(office.list(), ca.authority.certificate()).value();
    };
    work(now);
    const auto first = list();
    work(now + list_renewed_s - 1);
    EXPECT_EQ(list().number(), first.number()) << "nothing changed";
    work(now + list_renewed_s);
    const auto second = list();
    EXPECT_GT(second.number(), first.number());
    // A clock that was ahead and is put right, while it runs and at a new start: the number goes
    // on, and no list is of the future.
    work(now + 10 * day_s);
    work(now + 1);
    const auto third = list();
    EXPECT_GT(third.number(), second.number());
    EXPECT_EQ(third.this_update(), now + 1);
    Office later(options());
    later.work(now);
    const auto fourth = crypto::Crl::read(later.list(), ca.authority.certificate()).value();
    EXPECT_GT(fourth.number(), third.number());
    EXPECT_EQ(fourth.this_update(), now);
    EXPECT_EQ(fourth.next_update(), now + list_lifetime_s);
}

// A tell can be held back: what counts is what was ordered last.
TEST_F(Working, WhatWasOrderedFirstAndComesLastChangesNothing) {
    const auto serial = serial_text(issued(authentication_order(new_key())).serial());
    const auto said_at = [&](std::int64_t log_index, const char* act, const char* reason) {
        auto change = change_order(act, serial, reason);
        change.log_index = log_index;
        return said(change);
    };
    EXPECT_EQ(said_at(5, "suspend", "lost"), "changed");
    EXPECT_EQ(said_at(9, "suspend", "lost"), "unchanged");
    EXPECT_EQ(said_at(7, "resume", "found"), "unchanged") << "ordered before the second stop";
    EXPECT_EQ(store.known(change_order("resume", serial, "found")).named->status,
              Status::suspended);
    EXPECT_EQ(said_at(11, "resume", "found"), "changed");
    EXPECT_EQ(said_at(10, "suspend", "lost"), "unchanged");
    EXPECT_EQ(store.known(change_order("resume", serial, "found")).named->status, Status::good);
    EXPECT_EQ(said_at(8, "revoke", "lost"), "changed") << "for good, whenever it was ordered";
}

TEST_F(Working, AListThatCannotBeWrittenIsTriedAgain) {
    const auto one = issued(authentication_order(new_key()));
    std::filesystem::remove(list_file());
    std::filesystem::create_directory(list_file());  // nothing can be renamed over it
    std::filesystem::create_directory(list_file() + "/x");
    add_order(gateway, "s", change_order("suspend", serial_of(one), "lost"));
    EXPECT_THROW(office.work(unix_now()), Failure);
    EXPECT_EQ(status(one), "suspended lost") << "what was decided stays";
    EXPECT_THROW(office.work(unix_now()), Failure);
    std::filesystem::remove_all(list_file());
    work();
    EXPECT_TRUE(listed(one));
}

TEST_F(Working, WhatWaitsIsDecidedInItsOrder) {
    const auto key = new_key();
    for (int i = 0; i < 70; ++i)
        add_order(gateway, std::to_string(i), authentication_order(key));
    EXPECT_TRUE(office.work(unix_now()));
    EXPECT_EQ(store.counts().decided, static_cast<std::int64_t>(Office::orders_max));
    work();
    EXPECT_EQ(store.counts().certificates, 70);
    auto last = gateway.prepare(
        "select order_id, (select count(*) from certificate where status = 'good') "
        "from certificate join ordered using (line) where status = 'good'");
    ASSERT_TRUE(last.step());
    EXPECT_EQ(last.text(0), "69") << "each supersedes the one before";
    EXPECT_EQ(last.integer(1), 1);
}

TEST_F(Working, WhatEndsACertificateDoesNotWaitForWhatIsToBeIssued) {
    const auto one = issued(authentication_order(new_key()));
    const auto key = new_key();
    for (int i = 0; i < 100; ++i)
        add_order(gateway, std::to_string(i), authentication_order(key, "2"));
    add_order(gateway, "s", change_order("suspend", serial_of(one), "lost"));
    const auto now = unix_now() + 5;
    EXPECT_TRUE(office.work(now));
    EXPECT_EQ(outcome("s"), "changed");
    EXPECT_TRUE(listed(one)) << "and its list is there at once";
    work(now);
    EXPECT_EQ(store.counts().decided, 102);
    EXPECT_TRUE(store.undecided(10).empty());
    EXPECT_TRUE(Store(folder.path("ca.sqlite")).undecided(10).empty()) << "also of a new start";
}

// ---- a file of orders ----

class TakingOn : public Working {
  protected:
    static std::string line(const Order& order) {
        json::object out{{"number", order.number},
                         {"act", order.act},
                         {"public_key", order.public_key.value_or("")}};
        if (order.name) {
            out["name"] = *order.name;
            out["address"] = *order.address;
            out["birth_date"] = *order.birth_date;
            out["sex"] = *order.sex;
        }
        return json::serialize(out) + "\n";
    }
    static std::string key_of(const std::string& lines, int which) {
        std::istringstream in(lines);
        std::string text;
        for (int i = 0; i <= which; ++i)
            std::getline(in, text);
        const auto der = parse_base64url(text_at(*parse_json_object(text), "certificate")).value();
        return spki_text(crypto::Certificate::from_der(der).value().public_key());
    }
    // Nobody was asked about these people.
    OfficeOptions taking_options() {
        auto out = options();
        out.registers = nullptr;
        return out;
    }
    Office taking{taking_options()};
    const crypto::PublicKey one = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key();
    const crypto::PublicKey two = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key();
};

TEST_F(TakingOn, EachLineIsAnOrderAndSaysWhatBecameOfIt) {
    auto child = test_person();
    child.birth_date = to_text(date_at(unix_now(), 0));
    const auto text = line(authentication_order(one)) + line(signing_order(two)) +
                      line(signing_order(two, "2", child));
    const auto taken = take_on(store, taking, text, unix_now());
    EXPECT_EQ(taken.issued, 2);
    EXPECT_EQ(taken.refused, 1);
    EXPECT_EQ(key_of(taken.lines, 0), spki_text(one));
    EXPECT_EQ(key_of(taken.lines, 1), spki_text(two));
    EXPECT_NE(taken.lines.find("key_taken"), std::string::npos) << taken.lines;
    EXPECT_EQ(outcome(take_on_id(crypto::sha256(as_bytes(text)), 1)), "issued");
    EXPECT_TRUE(std::filesystem::exists(list_file())) << "the relay can read it before we serve";
}

// Killed after the orders were written, or in the middle of them: the same file goes on.
TEST_F(TakingOn, TheSameFileOnceMoreIsNothingNew) {
    const auto text = line(authentication_order(one)) + line(signing_order(two));
    const auto orders = *read_take_on(text);
    store.order({{.id = take_on_id(crypto::sha256(as_bytes(text)), 1), .order = orders[0]}}, 1);
    work();
    const auto first = take_on(store, taking, text, unix_now());
    const auto again = take_on(store, taking, text, unix_now());
    EXPECT_EQ(again.lines, first.lines);
    EXPECT_EQ(store.counts().ordered, 2);
    EXPECT_EQ(store.counts().certificates, 2);
}

TEST_F(TakingOn, NothingOfAFileWithALineThatIsNoneIsOrdered) {
    const auto good = line(authentication_order(one));
    for (const std::string bad :
         {"{}\n", "\n", R"({"number":"1","act":"revoke","public_key":"x"})"}) {
        EXPECT_THROW(take_on(store, taking, good + bad, unix_now()), OperatorError) << bad;
    }
    EXPECT_EQ(store.counts().ordered, 0);
}

// ---- OCSP ----

class OcspOf : public Working {
  protected:
    explicit OcspOf(card::TokenKeyType type = card::TokenKeyType::p256) : Working(type) {
        write("ca.pem", ca.authority.certificate().pem());
        work();
    }
    std::string path(const std::string& name) const { return folder.path(name); }
    // A request of OpenSSL's about this certificate.
    Bytes request(const crypto::Certificate& one, const std::string& options) {
        write("one.pem", one.pem());
        run_well(fmt::format("openssl ocsp -issuer {} {} -cert {} -reqout {}", path("ca.pem"),
                             options, path("one.pem"), path("request.der")));
        return to_bytes(as_bytes(crypto::read(path("request.der"))));
    }
    // What OpenSSL reads in the answer to it, its signature verified.
    std::string openssl_says(const crypto::Certificate& one, const std::string& options = "") {
        const auto asked_for = request(one, options);
        const auto answer = office.answer_ocsp(asked_for, unix_now());
        write("answer.der", answer.body);
        // Read from files OpenSSL cannot compare nonces; over HTTP it does (tests/ca_test.cpp).
        const auto nonce = crypto::read_ocsp_request(asked_for).value().nonce;
        EXPECT_EQ(nonce.has_value(), !options.contains("-no_nonce"));
        if (nonce) {
            EXPECT_FALSE(std::ranges::search(answer.body, *nonce).empty());
        }
        return run_well(
            fmt::format("openssl ocsp -issuer {} {} -no_nonce -cert {} -respin {} -CAfile {}",
                        path("ca.pem"), options.starts_with("-sha256") ? "-sha256" : "",
                        path("one.pem"), path("answer.der"), path("ca.pem")));
    }
};

// By an authority of each type of key: other people's programs take answers and lists.
class OcspOfKey : public OcspOf, public testing::WithParamInterface<card::TokenKeyType> {
  protected:
    OcspOfKey() : OcspOf(GetParam()) {}
    // What GnuTLS reads in the answer, its signature verified by it. A request that it writes to a
    // file has no nonce, whatever it is told; over HTTP it sends and compares one
    // (tests/ca_test.cpp).
    std::string gnutls_says(const crypto::Certificate& one) {
        write("one.pem", one.pem());
        run_well(
            fmt::format("ocsptool --generate-request --load-issuer {} --load-cert {} "
                        "--outfile {} --outder < /dev/null",
                        path("ca.pem"), path("one.pem"), path("request.der")));
        const auto asked = crypto::read(path("request.der"));
        write("answer.der", office.answer_ocsp(as_bytes(asked), unix_now()).body);
        const auto said = run_well(
            fmt::format("ocsptool --verify-response --load-trust {} --load-response {} --inder",
                        path("ca.pem"), path("answer.der")));
        EXPECT_TRUE(said.contains("Success")) << said;
        return run_well(
            fmt::format("ocsptool --response-info --infile {} --inder", path("answer.der")));
    }
    // Whether GnuTLS takes the certificate, by the list that is there.
    crypto::Ran gnutls_verifies(const crypto::Certificate& one) {
        write("chain.pem",
              to_bytes(to_text(one.pem()) + to_text(ca.authority.certificate().pem())));
        run_well(fmt::format("openssl crl -inform DER -in {} -out {}", list_file(), path("list")));
        return run(
            fmt::format("certtool --verify --load-ca-certificate {} --load-crl {} --infile {}",
                        path("ca.pem"), path("list"), path("chain.pem")));
    }
};

TEST_P(OcspOfKey, OpenSslTakesEveryAnswer) {
    const auto one = issued(authentication_order(new_key()));
    for (const auto* options : {"", "-no_nonce", "-sha256", "-sha256 -no_nonce"}) {
        const auto said = openssl_says(one, options);
        EXPECT_TRUE(said.contains("Response verify OK")) << said;
        EXPECT_TRUE(said.contains("one.pem: good")) << said;
        EXPECT_FALSE(said.contains("WARNING: no nonce")) << said;
    }
    order(change_order("suspend", serial_of(one), "lost"));
    auto said = openssl_says(one, "-no_nonce");
    EXPECT_TRUE(said.contains("one.pem: revoked")) << said;
    EXPECT_TRUE(said.contains("Reason: certificateHold")) << said;
    order(change_order("resume", serial_of(one), "found"));
    EXPECT_TRUE(openssl_says(one, "-no_nonce").contains("one.pem: good"));
    order(change_order("revoke", serial_of(one), "by-request"));
    said = openssl_says(one);
    EXPECT_TRUE(said.contains("one.pem: revoked")) << said;
    EXPECT_FALSE(said.contains("Reason:")) << said;
}

TEST_P(OcspOfKey, WhatWasNeverIssuedIsUnknown) {
    const auto signed_beside =
        ca.authority.issue({.use = Use::authentication,
                            .key = new_key(),
                            .serial = new_serial(),
                            .common_name = hex(crypto::random_bytes(16)),
                            .validity = {.not_before = unix_now(), .not_after = unix_now() + day_s},
                            .attributes = {}});
    EXPECT_TRUE(openssl_says(signed_beside).contains("one.pem: unknown"));
}

TEST_P(OcspOfKey, GnutlsTakesTheAnswers) {
    const auto one = issued(authentication_order(new_key()));
    const auto expect = [&](const std::string& status) {
        const auto said = gnutls_says(one);
        EXPECT_TRUE(said.contains("Certificate Status: " + status + "\n")) << said;
        EXPECT_EQ(said.contains("Revocation time:"), status == "revoked") << said;
    };
    expect("good");
    order(change_order("suspend", serial_of(one), "lost"));
    expect("revoked");
    order(change_order("resume", serial_of(one), "found"));
    expect("good");
    order(change_order("revoke", serial_of(one), "lost"));
    expect("revoked");
}

TEST_P(OcspOfKey, GnutlsRefusesWhatTheListHas) {
    const auto one = issued(authentication_order(new_key()));
    const auto beside = issued(authentication_order(new_key(), "2"));
    const auto expect_taken = [&](const crypto::Certificate& certificate) {
        const auto said = gnutls_verifies(certificate);
        EXPECT_EQ(said.status, 0) << said.output;
        EXPECT_TRUE(said.output.contains("Chain verification output: Verified.")) << said.output;
    };
    const auto expect_refused = [&] {
        const auto said = gnutls_verifies(one);
        EXPECT_NE(said.status, 0) << said.output;
        EXPECT_TRUE(said.output.contains("revoked")) << said.output;
        expect_taken(beside);
    };
    expect_taken(one);
    order(change_order("suspend", serial_of(one), "lost"));
    expect_refused();
    order(change_order("resume", serial_of(one), "found"));
    expect_taken(one);
    order(change_order("revoke", serial_of(one), "lost"));
    expect_refused();
}

// One after the other, so that each token is made once.
INSTANTIATE_TEST_SUITE_P(P256, OcspOfKey, testing::Values(card::TokenKeyType::p256));
INSTANTIATE_TEST_SUITE_P(P384, OcspOfKey, testing::Values(card::TokenKeyType::p384));
INSTANTIATE_TEST_SUITE_P(Rsa3072, OcspOfKey, testing::Values(card::TokenKeyType::rsa3072));

TEST_F(OcspOf, AnswersAreUsedAgainUntilTheStatusChanges) {
    const auto one = issued(authentication_order(new_key()));
    const auto asked = request(one, "-no_nonce");
    const auto now = unix_now();
    const auto first = office.answer_ocsp(asked, now);
    EXPECT_TRUE(first.cacheable);
    EXPECT_EQ(first.next_update, now + Office::ocsp_lifetime_s);
    EXPECT_EQ(office.answer_ocsp(asked, now + 1).body, first.body);
    EXPECT_NE(office.answer_ocsp(asked, now + Office::ocsp_kept_s).body, first.body);
    order(change_order("suspend", serial_of(one), "lost"));
    EXPECT_NE(office.answer_ocsp(asked, now).body, first.body);
    EXPECT_FALSE(office.answer_ocsp(request(one, ""), now).cacheable) << "a nonce is for one";
}

TEST_F(OcspOf, TheResponderIsReplacedBeforeItsEnd) {
    const auto one = issued(authentication_order(new_key()));
    const auto asked = request(one, "-no_nonce");
    const auto now = unix_now();
    office.answer_ocsp(asked, now);
    const auto first = store.responder();
    Office(options()).answer_ocsp(asked, now);
    EXPECT_EQ(store.responder(), first) << "a new start goes on with it";
    office.answer_ocsp(asked, now + responder_lifetime_s - responder_renewed_s);
    EXPECT_NE(store.responder(), first);
}

TEST_F(OcspOf, WhatIsNoRequestGetsAnAnswerThatSaysSo) {
    const auto error = to_bytes(as_bytes("\x30\x03\x0a\x01\x01"));
    const auto good = request(issued(authentication_order(new_key())), "");
    EXPECT_EQ(office.answer_ocsp({}, unix_now()).body, error);
    EXPECT_EQ(office.answer_ocsp(Bytes(100, 0x30), unix_now()).body, error);
    auto longer = good;
    longer.push_back(0);
    EXPECT_EQ(office.answer_ocsp(longer, unix_now()).body, error);
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto changed = good;
        changed[i] ^= 0x55;
        EXPECT_FALSE(office.answer_ocsp(changed, unix_now()).body.empty()) << i;
    }
}

}  // namespace
}  // namespace mado::ca
