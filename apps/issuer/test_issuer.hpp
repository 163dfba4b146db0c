// What several tests of the issuer need: a small country.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "case.hpp"
#include "crypto/key.hpp"
#include "store.hpp"
#include "wire/directory.hpp"
#include "wire/policy.hpp"

namespace mado::issuer {

wire::Schemes test_schemes();
// `fields`: a JSON object.
wire::PersonNumber test_number(const wire::Schemes& schemes, std::string_view scheme,
                               std::string_view fields);
// Nobody's yet.
wire::PersonNumber test_resident(const wire::Schemes& schemes, std::string_view municipality);
// Of 厚労花子, with a resident's and an insured person's number.
Applied test_application(const wire::Schemes& schemes);
// Everybody's, who is sealed to: what is in a payload the tests see.
const crypto::PrivateKey& test_sealing_key();
wire::Directory test_directory();
wire::Policy test_policy();
// A register's signed answer, as a case keeps it: whatever key it is signed with.
std::string test_confirmation(std::string_view kana_verdict = "same");
// Of that key, as an authority's ask gives it out.
std::string test_certificate(const crypto::PublicKey& key);
crypto::PublicKey test_card_key();
// A first card, active, of somebody else each time: an authentication certificate of that key, a
// resident number of 992011; everything at 1. `before`:
// called with its certificate (x5t#S256) just before it is activated.
CaseId test_card(Store& store, const wire::Schemes& schemes, const crypto::PublicKey& key,
                 const std::function<void(const Hash&)>& before = {});
// A first card, active, by that application without a signing certificate: the insurers are to be
// told.
CaseId test_card(Store& store, const wire::Schemes& schemes, const crypto::PublicKey& key,
                 const Applied& application, const std::function<void(const Hash&)>& before = {});
// Of whoever has that case: their cards are ended, as the resident register says that they died.
CaseId test_death(Store& store, CaseId of_person, UnixTime at);
// What holds of a store at every moment: each case follows from what happened to it, says truly
// whether anything is to do in it and since when, and has in the outbox what it waits for, and no
// more.
void expect_sound(Store& store, const std::string& path);

}  // namespace mado::issuer
