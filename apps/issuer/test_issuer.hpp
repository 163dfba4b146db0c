// What several tests of the issuer need: a small country.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "case.hpp"
#include "crypto/key.hpp"
#include "wire/directory.hpp"
#include "wire/policy.hpp"

namespace mado::issuer {

wire::Schemes test_schemes();
// `fields`: a JSON object.
wire::PersonNumber test_number(const wire::Schemes& schemes, std::string_view scheme,
                               std::string_view fields);
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

}  // namespace mado::issuer
