#include "test_issuer.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "crypto/x509.hpp"
#include "numbers.hpp"
#include "orders.hpp"
#include "wire/answer.hpp"

namespace mado::issuer {

wire::Schemes test_schemes() {
    auto schemes = wire::Schemes::parse(R"({"schemes": [
        {"name": "issuing-number", "kind": "issuer", "holder": "issuer",
         "fields": [{"name": "number", "digits": [16]}]},
        {"name": "certificate-number", "kind": "card-authority", "holder": "ca",
         "fields": [{"name": "number", "digits": [16]}]},
        {"name": "health-care-number", "kind": null,
         "fields": [{"name": "number", "digits": [12], "check": "damm"}]},
        {"name": "care-insured-number", "kind": "care-insurer", "holder_field": "insurer",
         "fields": [{"name": "insurer", "digits": [6], "check": "insurer"},
                    {"name": "number", "digits": [10]}]},
        {"name": "subsidy-number", "kind": "public-expense", "holder_field": "payer",
         "fields": [{"name": "payer", "digits": [8], "check": "insurer"},
                    {"name": "number", "digits": [7], "check": "insurer"}]},
        {"name": "basic-pension-number", "kind": "pension", "holder": "nenkin",
         "fields": [{"name": "number", "digits": [10]}]},
        {"name": "resident-number", "kind": "municipality", "holder_field": "municipality",
         "fields": [{"name": "municipality", "digits": [6], "check": "municipality"},
                    {"name": "number", "digits": [11]}]},
        {"name": "insured-number", "kind": "medical-insurer", "holder_field": "insurer",
         "left_out": "branch",
         "fields": [{"name": "insurer", "digits": [6, 8], "check": "insurer"},
                    {"name": "symbol", "bytes_max": 60, "optional": true},
                    {"name": "number", "bytes_max": 40},
                    {"name": "branch", "digits": [2], "optional": true}]}]})");
    EXPECT_TRUE(schemes);
    return std::move(*schemes);
}

wire::PersonNumber test_number(const wire::Schemes& schemes, std::string_view scheme,
                               std::string_view fields) {
    const auto object = parse_json_object(fields);
    auto number = wire::read_number(*schemes.find(scheme), *object);
    EXPECT_TRUE(number);
    return std::move(*number);
}

wire::PersonNumber test_resident(const wire::Schemes& schemes, std::string_view municipality) {
    return test_number(schemes, "resident-number",
                       R"({"municipality": ")" + std::string(municipality) + R"(", "number": ")" +
                           draw_digits(11, /*with_check=*/false) + R"("})");
}

Applied test_application(const wire::Schemes& schemes) {
    Claim resident, medical;
    resident.role = Role::resident;
    resident.number = test_number(schemes, "resident-number",
                                  R"({"municipality": "992011", "number": "12345678901"})");
    resident.giver = "99201";
    medical.role = Role::medical;
    medical.number =
        test_number(schemes, "insured-number",
                    R"({"insurer": "06990014", "symbol": "12", "number": "777", "branch": "01"})");
    medical.giver = "0699001";
    return {.person = {.name = "厚労 花子",
                       .kana = "コウロウ ハナコ",
                       .sex = "female",
                       .address = "九十九県A市本町1丁目2番3号",
                       .birth_date = Date{std::chrono::year(1986) / 5 / 1}},
            .claims = {resident, medical},
            .signing = true};
}

// Everybody's, who is sealed to: what is in a payload the tests see.
const crypto::PrivateKey& test_sealing_key() {
    static const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    return key;
}

wire::Directory test_directory() {
    wire::Directory out;
    // In the order of their ids, as a directory has them.
    for (const auto& [id, kind] : {std::pair{"06990014", "medical-insurer"},
                                   {"12990016", "public-expense"},
                                   {"88990015", "public-expense"},
                                   {"992011", "municipality"},
                                   {"992016", "care-insurer"},
                                   {"992024", "care-insurer"},
                                   {"ca", "card-authority"},
                                   {"nenkin", "pension"},
                                   {"relay", "relay"}}) {
        const auto key = test_sealing_key().public_key();
        wire::Participant one{.id = *wire::ParticipantId::parse(id),
                              .name = id,
                              .kind = *wire::CodeId::parse(kind),
                              .certificates = {},
                              .signing_keys = {},
                              .services = {},
                              .sealing_keys = {},
                              .addresses = {},
                              .redirect_uris = {},
                              .web_build = {}};
        one.sealing_keys.emplace(base64url(key.thumbprint()), key);
        if (one.kind.text() == "relay") one.addresses.push_back({"127.0.0.1", 1});
        out.participants.push_back(std::move(one));
    }
    return out;
}

wire::Policy test_policy() {
    auto policy = wire::Policy::parse(R"({"utc_offset_s": 32400, "policies": [
        {"id": "existence.issuer", "service": "existence", "requester_kind": "issuer",
         "purpose": "issuing", "presence": "number", "holder_kinds": ["medical-insurer"],
         "legal_basis": "law", "keep_days": 1826, "tell_at_once": false, "from": "2024-12-02"}]})");
    EXPECT_TRUE(policy);
    return std::move(*policy);
}

std::string test_confirmation(std::string_view kana_verdict) {
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    wire::Answer answer{
        .issuer = *wire::ParticipantId::parse("992011"),
        .service = *wire::ServiceId::parse("existence"),
        .data = json::object{{"verdict", "same"},
                             {"current", true},
                             {"attributes", {{"kana", {{"verdict", kana_verdict}}}}}}};
    const auto jwe =
        wire::seal_answer(std::move(answer), "key", key, test_sealing_key().public_key());
    return to_text(ByteView(crypto::decrypt_jwe(jwe, test_sealing_key()).value()));
}

// Of that key, as an authority's ask gives it out.
std::string test_certificate(const crypto::PublicKey& key) {
    static const auto authority = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const crypto::CertificateRequest request{.use = crypto::CertificateUse::authority,
                                             .common_name = "test",
                                             .not_before = 1,
                                             .not_after = 4'000'000'000};
    static const auto own = crypto::self_signed(request, authority);
    auto of_card = request;
    of_card.use = crypto::CertificateUse::authentication;
    return base64url(crypto::issue(of_card, key, own, authority).der());
}

crypto::PublicKey test_card_key() {
    return crypto::PrivateKey::generate(crypto::KeyType::p256).public_key();
}

CaseId test_card(Store& store, const wire::Schemes& schemes, const crypto::PublicKey& key,
                 const std::function<void(const Hash&)>& before) {
    auto application = test_application(schemes);
    application.claims.resize(1);
    application.claims[0].number = test_resident(schemes, "992011");
    application.signing = false;
    return test_card(store, schemes, key, application, before);
}

CaseId test_card(Store& store, const wire::Schemes& schemes, const crypto::PublicKey& key,
                 const Applied& application, const std::function<void(const Hash&)>& before) {
    const auto certificate = test_certificate(key);
    const auto id = store.open({.numbers = draw_numbers(schemes)}, {.at = 1});
    const auto happen = [&](const Happening& what) {
        EXPECT_TRUE(store.add(id, what, {.at = 1})) << what.index();
    };
    const auto order = [&](OrderName name, const Happening& answer) {
        happen(Sent{name});
        happen(answer);
    };
    happen(application);
    for (int claim = 0; claim < static_cast<int>(application.claims.size()); ++claim)
        order({OrderKind::confirm, claim}, Confirmed{claim, "answer", 1, true});
    order(link_order, Done{link_order});
    happen(KeysMade{{{Use::authentication, base64url(key.spki())}}, "chip"});
    const auto certify = of_use(OrderKind::certify, Use::authentication);
    order(certify, Done{certify});
    order(of_use(OrderKind::collect, Use::authentication),
          Certified{Use::authentication, certificate});
    happen(Written{});
    happen(HandedOver{store.stop_index(draw_digits(12, /*with_check=*/false))});
    if (before) before(read_certificate(certificate).thumbprint());
    order(activate_order, Done{activate_order});
    return id;
}

CaseId test_death(Store& store, CaseId of_person, UnixTime at) {
    const auto id = store.open(of_person, {.kind = Kind::end, .reason = "death"}, {.at = at});
    EXPECT_TRUE(id);
    for (auto todos = todo(store.find(*id).one); !todos.empty();
         todos = todo(store.find(*id).one)) {
        const auto order = todos.front().order.value();
        EXPECT_TRUE(store.add(*id, Sent{order}, {.at = at}));
        const bool asks = order.kind == OrderKind::confirm;
        if (!store.add(*id, asks ? Happening(Gone{0}) : Happening(Done{order}), {.at = at})) {
            ADD_FAILURE() << outbox_name(*id, order);
            break;
        }
    }
    return *id;
}

void expect_sound(Store& store, const std::string& path) {
    db::Connection raw(path, db::Access::read_only);
    auto cases = raw.prepare(
        "select id, ended_at, waits_since, counts_until, municipality, to_apply, "
        "resident_index is not null from issue");
    std::int64_t waiting = 0;
    while (cases.step()) {
        const auto id = cases.integer(0);
        SCOPED_TRACE("case " + std::to_string(id));
        const auto one = store.find(id).one;
        const auto todos = todo(one);
        EXPECT_EQ(cases.optional_integer(1).has_value(), todos.empty());
        const auto oldest = std::ranges::min_element(todos, {}, &Todo::since);
        EXPECT_EQ(cases.optional_integer(2),
                  todos.empty() ? std::nullopt : std::optional(oldest->since));
        EXPECT_EQ(cases.optional_integer(3).has_value(), one.has_done(activate_order));
        EXPECT_EQ(cases.optional_text(4).value_or(""), store.where(id));
        const bool to_apply = one.invited && !todos.empty() && todos.front().step == Step::apply;
        EXPECT_EQ(cases.integer(5), std::int64_t{to_apply});
        EXPECT_EQ(cases.integer(6) == 1, linked_resident(one) != nullptr);
        for (const auto& order : one.open)
            EXPECT_TRUE(store.outbox().find(outbox_name(id, order))) << outbox_name(id, order);
        waiting += static_cast<std::int64_t>(one.open.size());
    }
    auto outbox = raw.prepare("select count(*) from outbox");
    EXPECT_TRUE(outbox.step());
    EXPECT_EQ(outbox.integer(0), waiting);
    auto cards = raw.prepare("select issue from certificate");
    while (cards.step())
        EXPECT_TRUE(store.find(cards.integer(0)).one.has_done(activate_order));
}

}  // namespace mado::issuer
