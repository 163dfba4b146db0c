// A window with its clerk logged in, its store and its book; the relay and the card are pretended.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/fwd.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/temp_folder.hpp"
#include "routes.hpp"
#include "site/test_site.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {

using http::Request;
using http::Response;
using site::Fields;

constexpr std::int64_t day_s = 86'400;

class WindowTest : public site::SiteFixture {
  protected:
    WindowTest();
    ~WindowTest() override { server.reset(); }

    std::vector<http::Route> begin(site::Site& of);

    // In which ways a case's person was shown.
    std::multiset<LookWay> shown(const std::string& number);

    void set_clerks(const std::vector<std::string>& roles, const std::string& municipality = {});

    // ---- the relay ----

    http::Task<client::Result<std::string>> next_nonce();
    Sender relay_of_test();
    client::Task<client::Result<client::Answered>> said_by_relay();

    // Of each certificate that it was asked about, as the test says.
    json::object standings_of(const std::string& payload);

    client::Task<client::Result<std::vector<client::Question>>> questions_of_test();
    client::Task<client::Result<client::QuestionState>> take_answer(
        client::AnswerToQuestion answer);
    // About a request with that `operator` in its head.
    client::Question question_about(const std::string& jti, const Hash& commitment);

    // ---- the page ----

    Response ask(const std::string& path, const json::object& body);
    json::object answer(const std::string& path, const json::object& body);
    // Its lines do not fit one another any more.
    void break_case(CaseId id);
    // Claim 0 is written otherwise.
    CaseId case_to_settle();
    json::object begin_decision(CaseId id, bool same_person = true);
    // As the clerk's card and the agent do it; `change` before it is signed.
    Fields signed_answer(const json::object& form,
                         const std::function<void(wire::Mandate&)>& change = nullptr) const;
    std::string outcome_of(const Fields& fields);
    std::string finding(CaseId id);

    // ---- a card of another authority's, whose keys are both there ----

    std::string open_existing();
    Response apply(const std::string& number);
    // As the agent does it with the address that the window leads to.
    Fields proven(const std::string& number,
                  const std::function<void(wire::Mandate&)>& change = nullptr);
    json::object form_of(const std::string& number);
    // The card that signs documents: one that says who it is of.
    void take_card_of(const std::string& name, const std::string& day);

    // ---- a renewal from home ----

    // Of somebody whose card has both of these keys.
    CaseId person_with_card();
    std::string log_in(std::uint8_t mandate);
    std::string stage(const std::string& login);
    json::object renewal_form(const std::string& login);
    void sign_renewal(const std::string& login);
    // To the agent, for the session with the card; or back to where it stands.
    bool may_write(const std::string& login);

    // ---- by a slip, with whose birth date it is ----

    std::string slip_of(CaseId person);
    // An application that was taken in so long ago.
    CaseId case_since(std::int64_t past_s);
    Response by_slip(const std::string& path, const std::string& code,
                     const std::string& lang = "en");
    void expect_shown(const Response& response, const std::vector<std::string>& words,
                      const std::vector<std::string>& not_these = {});
    void done(CaseId id, OrderName order);
    // Of somebody whose card of another authority's was registered, with that code on the slip.
    CaseId person_with_foreign_card(const std::string& code);
    // A stop that the relay has taken.
    CaseId stopped(CaseId person);
    // A renewal that its owner has just signed, and the register has confirmed.
    CaseId renewal_to_write(CaseId person, const std::string& login);
    // Every place for a session with a card is taken, by people who wait for their first one.
    void take_all_card_sessions();

    Case case_of(const std::string& number) { return store->find(*store->find(number)).one; }

    static crypto::CertificateRequest request_for(crypto::CertificateUse use);

    const std::string writing =
        R"({"verdict":"variant","current":true,"rules":[],"attributes":{"name":)"
        R"({"verdict":"variant","rules":["ivs"],"writing":"厚勞 花子"}}})";
    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate authority =
        crypto::self_signed(request_for(crypto::CertificateUse::authority), authority_key);
    crypto::PrivateKey signing_key = crypto::PrivateKey::generate(crypto::KeyType::p384);
    crypto::Certificate signing_card =
        crypto::issue(request_for(crypto::CertificateUse::signing), signing_key.public_key(),
                      authority, authority_key);
    crypto::PrivateKey log_in_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate log_in_card =
        crypto::issue(request_for(crypto::CertificateUse::authentication), log_in_key.public_key(),
                      authority, authority_key);
    crypto::PrivateKey relay_sealing_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    std::string standing_said = "good";
    bool is_registered = false;
    crypto::PrivateKey sealing_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    std::optional<Store> store;
    std::optional<Clerks> clerks;
    std::optional<Parties> parties;
    std::optional<Worker> worker;
    std::optional<CardSessions> cards;
    std::optional<Book> book;
    std::optional<Looks> looks;
    std::optional<Deciding> deciding;
    std::optional<Office> office;
    QuestionsAtRelay questions{
        .list = [this] { return questions_of_test(); },
        .answer =
            [this](client::AnswerToQuestion answer) { return take_answer(std::move(answer)); }};
    std::vector<client::Question> asked_of_us;
    std::vector<client::AnswerToQuestion> answered;
    std::string cookies;
    int nonces = 0;
    std::vector<client::Ask> asked_of_relay;
    std::optional<wire::Code> relay_refuses;
    std::function<void()> meanwhile;
};

}  // namespace mado::issuer
