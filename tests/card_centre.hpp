// For tests: an issuing centre with cases that are ready for a card, in this program, and blank
// chips for it.
#pragma once

#include <gtest/gtest.h>

#include "base/temp_folder.hpp"
#include "card/open.hpp"
#include "chip/inserted.hpp"
#include "crypto/digest.hpp"
#include "issuer/card_sessions.hpp"
#include "issuer/numbers.hpp"
#include "issuer/test_issuer.hpp"

namespace mado::tests {

inline crypto::Certificate test_card_authority(const crypto::PrivateKey& key) {
    return crypto::self_signed({.use = crypto::CertificateUse::authority,
                                .common_name = "Test card authority",
                                .not_before = 1'700'000'000,
                                .not_after = 1'900'000'000},
                               key);
}

class CardCentre {
  public:
    static constexpr const char* clerk = "sato";

    CardCentre() { certifies = true; }

    // Until keys are to be made.
    issuer::CaseId open_case(bool signing = true) {
        const auto id = store.open(
            {.numbers = issuer::draw_numbers(schemes), .known = {}, .signing = false}, {.at = now});
        auto application = issuer::test_application(schemes);
        application.claims[0].number = issuer::test_resident(schemes, "992011");
        application.signing = signing;
        add(id, application);
        settle(id);
        return id;
    }
    // Everything that others do for the case is done.
    void settle(issuer::CaseId id) {
        for (bool more = true; more;) {
            more = false;
            for (const auto& what : todo(store.find(id).one)) {
                if (!what.order) continue;
                more = true;
                add(id, issuer::Sent{*what.order});
                add(id, answer_to(id, *what.order));
                break;
            }
        }
    }
    std::string step(issuer::CaseId id) {
        const auto what = todo(store.find(id).one);
        return what.empty() ? "" : std::string(issuer::info(what.front().step).name);
    }
    void add(issuer::CaseId id, const issuer::Happening& what, const char* by = clerk) {
        const auto added = store.add(id, what, {.at = now, .clerk = by});
        if (!added) throw Failure("a test's case does not go on");
    }
    std::string begin(issuer::CaseId id) { return sessions.begin(id, clerk, now).value().session; }
    // As the maker delivers it.
    std::string blank(const std::string& name, chip::CardKind kind = chip::CardKind::piv) {
        const auto path = folder.path(name);
        const auto serial = chip::new_serial();
        chip::CardFile::create(path, card::chip_issuer_key(root, serial), {.kind = kind}, serial);
        return path;
    }

    UnixTime now = 1'800'000'000;
    bool certifies = false;  // at once
    TempFolder folder;
    wire::Schemes schemes = issuer::test_schemes();
    issuer::Store store = open_store();
    const crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const std::vector<crypto::Certificate> authorities{test_card_authority(authority_key)};
    Bytes root_bytes = crypto::random_bytes(32);
    const Secret root{ByteView(root_bytes)};
    issuer::CardSessions sessions{store, authorities, Secret(ByteView(root_bytes)),
                                  [this](issuer::CaseId id) {
                                      if (certifies) settle(id);
                                  }};

  private:
    issuer::Store open_store() {
        replace_file(folder.path("store.key"), Bytes(32, 7), 0600);
        return {folder.path("issuer.sqlite"), folder.path(""), schemes};
    }
    issuer::Happening answer_to(issuer::CaseId id, issuer::OrderName order) {
        if (order.kind == issuer::OrderKind::confirm) {
            return issuer::Confirmed{order.item, "answer", 1, true};
        }
        if (order.kind == issuer::OrderKind::trace) return issuer::Traced{order.item, ""};
        if (order.kind != issuer::OrderKind::collect) return issuer::Done{order};
        const auto use = issuer::uses.at(static_cast<std::size_t>(order.item));
        const auto spki = parse_base64url(store.find(id).one.keys.at(use)).value();
        const auto certificate = crypto::issue({.use = crypto::CertificateUse::authentication,
                                                .common_name = "1234567890",
                                                .not_before = 1'700'000'000,
                                                .not_after = 1'900'000'000},
                                               crypto::PublicKey::from_spki(spki).value(),
                                               authorities.front(), authority_key);
        return issuer::Certified{use, base64url(certificate.der())};
    }
};

// It signs with both keys, and each has a certificate for it.
inline void expect_works(const std::string& path, std::string_view pin, std::string_view password) {
    using card::KeyUse;
    const auto card = card::open_card(std::make_unique<chip::Inserted>(path));
    ASSERT_TRUE(card);
    const auto message = as_bytes("a message");
    const auto sign_with = [&](KeyUse use, std::string_view secret) {
        const auto certificate = use == KeyUse::signing
                                     ? (*card)->signing_certificate(Secret(as_bytes(secret)))
                                     : (*card)->authentication_certificate();
        ASSERT_TRUE(certificate);
        const auto signature = (*card)->sign(use, Secret(as_bytes(secret)), message);
        ASSERT_TRUE(signature);
        EXPECT_TRUE(certificate->public_key().verify(message, *signature));
    };
    sign_with(KeyUse::authentication, pin);
    if (!password.empty()) sign_with(KeyUse::signing, password);
}

}  // namespace mado::tests
