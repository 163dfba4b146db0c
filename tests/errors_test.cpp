// Every code of lib/wire/errors.hpp is asked for through the network: the other files of this
// program do it, this one holds them to it.
#include <boost/json.hpp>
#include <map>

#include "db/db.hpp"
#include "errors_fixture.hpp"

namespace mado::tests {

// Runs last: every code was seen, or it stands here with the reason why no test can bring it about.
class Verdict : public ::testing::Environment {
  public:
    void TearDown() override {
        const bool all_ran = ::testing::UnitTest::GetInstance()->test_to_run_count() ==
                             ::testing::UnitTest::GetInstance()->total_test_count();
        ErrorsTest::close_country();
        if (!all_ran) return;
        const std::map<Code, std::string_view> out_of_reach{
            {Code::link_unconfirmed, "this country has no issuer yet: changes_test.cpp"},
            {Code::link_taken, "this country has no issuer yet: changes_test.cpp"},
            {Code::card_taken, "this country has no issuer yet: changes_test.cpp"},
            {Code::answer_unknown, "gateways tell of what they answered: answer_told_test.cpp"},
            {Code::not_ready, "its log must be found to lie first: tests/lies_test.cpp does it"}};
        for (const auto& error : wire::all_errors()) {
            const bool seen = ErrorsTest::seen().contains(error.code);
            EXPECT_NE(seen, out_of_reach.contains(error.code)) << error.name;
        }
    }
};

namespace {

// What no problem document may carry: pieces of paths, SQL, exceptions, addresses.
constexpr std::array<std::string_view, 14> internals{
    "/tmp", "/state",    ".sqlite", ".cpp",    "sqlite",  "select ", "insert ",
    "SQL",  "exception", "std::",   "Failure", "openssl", "0x",      "127.0.0.1"};

}  // namespace

void ErrorsTest::expect_problem(const RawReply& reply, Code code, std::string_view reason) {
    const auto& error = wire::info(code);
    EXPECT_EQ(reply.code, error.name) << reply.status << " " << reply.body;
    EXPECT_EQ(reply.status, error.status) << error.name;
    EXPECT_EQ(reply.content_type, "application/problem+json") << error.name;
    EXPECT_FALSE(reply.request_id.empty()) << reply.body;
    EXPECT_EQ(reply.request_id, reply.request_id_header) << reply.body;
    if (!reason.empty()) EXPECT_EQ(reply.reason, reason) << error.name;
    const auto object = parse_json_object(reply.body);
    ASSERT_TRUE(object) << reply.body;
    for (const auto& member : *object) {
        const std::set<std::string_view> known{"type", "title",      "status",
                                               "code", "request_id", "reason"};
        EXPECT_TRUE(known.contains(member.key())) << reply.body;
    }
    const auto words = without_request_id(reply);
    for (const auto word : internals)
        EXPECT_EQ(words.find(word), std::string::npos) << word << " in " << reply.body;
    seen().insert(code);
}

std::string ErrorsTest::without_request_id(const RawReply& reply) {
    auto body = reply.body;
    const auto at = body.find(reply.request_id);
    if (at != std::string::npos) body.erase(at, reply.request_id.size());
    return body;
}

void ErrorsTest::expect_code(Code found, Code code) {
    EXPECT_EQ(wire::info(found).name, wire::info(code).name);
    seen().insert(code);
}

void ErrorsTest::expect_said(const Finished& finished, Code code) {
    EXPECT_NE(finished.output.find(std::string(wire::info(code).name) + ":"), std::string::npos)
        << finished.output;
    EXPECT_NE(finished.status, 0);
    EXPECT_NE(finished.status, 127) << "there is no such program";
    seen().insert(code);
}

std::int64_t ErrorsTest::log_size() {
    db::Connection store(country().path("state/relay/relay.sqlite"), db::Access::read_only);
    auto count = store.prepare("select count(*) from access");
    if (!count.step()) throw Failure("the log cannot be counted");
    return count.integer(0);
}

void ErrorsTest::close_country() {
    if (!country_) return;
    country_->down();
    EXPECT_EQ(country_->complaints(), "");
    country_.reset();
}

}  // namespace mado::tests

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    // GoogleTest deletes it.
    ::testing::AddGlobalTestEnvironment(std::make_unique<mado::tests::Verdict>().release());
    return RUN_ALL_TESTS();
}
