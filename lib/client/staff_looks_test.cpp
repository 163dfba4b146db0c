#include "client/staff_looks.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

constexpr std::string_view list =
    R"({"from":"2025-12","to":"2026-11","more":false,"looks":[
{"at":1795575600,"office":"A市","what":"record"},
{"at":1795575000,"office":"発行センター","what":"list"}]})";

Answered answer(std::string_view data) {
    return {.answer = {.issuer = *wire::ParticipantId::parse("issuer"),
                       .service = *wire::ServiceId::parse("staff-looks"),
                       .data = parse_json_object(data, {.depth_max = 31}).value()},
            .receipt = {},
            .order = {}};
}

bool is_read_with(std::string_view part, std::string_view by) {
    std::string text(list);
    const auto at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return read_staff_looks(answer(text.replace(at, part.size(), by)), {}).has_value();
}

TEST(StaffLooksAnswer, IsReadForTheScreen) {
    const auto read = read_staff_looks(answer(list), {{"from", "2025-12"}, {"to", "2026-11"}});
    ASSERT_TRUE(read);
    ASSERT_EQ(read->looks.size(), 2U);
    EXPECT_EQ(read->looks[0].at, 1'795'575'600);
    EXPECT_EQ(read->looks[0].office, "A市");
    EXPECT_EQ(read->looks[0].what, wire::LookWay::record);
    EXPECT_EQ(read->looks[1].what, wire::LookWay::list);
    EXPECT_FALSE(read_staff_looks(answer(list), {{"from", "2026-01"}})) << "of other months";
}

TEST(StaffLooksAnswer, OfAnotherFormIsRefused) {
    EXPECT_FALSE(is_read_with("\"record\"", "\"glance\""));
    EXPECT_FALSE(is_read_with("\"A市\"", "\"\""));
    EXPECT_FALSE(is_read_with("\"office\"", "\"clerk\""));
    EXPECT_FALSE(is_read_with("1795575600", "1795574999")) << "not the newest first";
    EXPECT_FALSE(is_read_with("\"looks\"", "\"notices\""));
}

}  // namespace
}  // namespace mado::client
