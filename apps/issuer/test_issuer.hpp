// What several tests of the issuer need.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "numbers.hpp"

namespace mado::issuer {

inline wire::Schemes test_schemes() {
    auto schemes = wire::Schemes::parse(R"({"schemes": [
        {"name": "resident-number", "kind": "municipality", "holder_field": "municipality",
         "fields": [{"name": "municipality", "digits": [6]}, {"name": "number", "digits": [11]}]},
        {"name": "insured-number", "kind": "medical-insurer", "holder_field": "insurer",
         "optional_in_index": "branch",
         "fields": [{"name": "insurer", "digits": [6, 8], "check": "insurer"},
                    {"name": "symbol", "bytes_max": 60, "optional": true},
                    {"name": "number", "bytes_max": 40},
                    {"name": "branch", "digits": [2], "optional": true}]}]})");
    EXPECT_TRUE(schemes);
    return std::move(*schemes);
}

inline wire::PersonNumber test_number(const wire::Schemes& schemes, std::string_view scheme,
                                      const json::object& fields) {
    auto number = wire::read_number(*schemes.find(scheme), fields);
    EXPECT_TRUE(number);
    return std::move(*number);
}

inline Applied test_application(const wire::Schemes& schemes) {
    Claim resident, medical;
    resident.role = Role::resident;
    resident.number = test_number(schemes, "resident-number",
                                  {{"municipality", "992011"}, {"number", "12345678901"}});
    medical.role = Role::medical;
    medical.number = test_number(
        schemes, "insured-number",
        {{"insurer", "06990014"}, {"symbol", "12"}, {"number", "345"}, {"branch", "01"}});
    return {.person = {.name = "厚労 花子",
                       .kana = "コウロウ ハナコ",
                       .sex = "female",
                       .address = "九十九県A市本町1丁目2番3号",
                       .birth_date = Date{std::chrono::year(1986) / 5 / 1}},
            .claims = {resident, medical},
            .signing = true};
}

}  // namespace mado::issuer
