// What a clerk has decided is asked once more: as the register writes.
#include "orders.hpp"

#include <gtest/gtest.h>

namespace mado::issuer {
namespace {

TEST(Orders, WhatARegisterShowsIsTakenAndWhatItDoesNotIsLeftOut) {
    const Attributes person{.name = "髙橋 花子",
                            .kana = "タカハシ ハナコ",
                            .sex = "female",
                            .address = "A市上山1-2-3",
                            .birth_date = parse_date("1986-05-01").value()};
    const auto asked = as_register_writes(
        person, R"({"verdict":"different","current":true,"attributes":{)"
                R"("name":{"verdict":"different","rules":[],"writing":"佐藤 花子"},)"
                R"("kana":{"verdict":"same","rules":["width"]},)"
                R"("birth_date":{"verdict":"same","rules":[]},)"
                R"("address":{"verdict":"different","rules":[]}}})");
    EXPECT_EQ(asked.name, "佐藤 花子");
    EXPECT_EQ(asked.kana, person.kana);
    EXPECT_EQ(asked.sex, person.sex);  // that the register does not know
    EXPECT_EQ(asked.address, "");
    EXPECT_EQ(asked.birth_date, person.birth_date);
    EXPECT_EQ(as_register_writes(person, "").address, person.address);
}

}  // namespace
}  // namespace mado::issuer
