// A page of questions about entries, as an honest relay makes it, and others.
#include "client/questions.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

json::object question(std::int64_t index) {
    return {{"id", "AAAAAAAAAAAAAAAAAAAAAA"},
            {"index", index},
            {"entry", base64url(wire::filled(1))},
            {"asked_at", 5},
            {"deadline", 9},
            {"text", "why"}};
}

json::object page(std::initializer_list<json::object> questions, bool more = false) {
    json::array list;
    for (const auto& one : questions)
        list.push_back(one);
    return {{"more", more}, {"questions", std::move(list)}};
}

// With this member instead, is it refused?
bool refused(std::string_view member, const json::value& value) {
    auto one = question(2);
    EXPECT_TRUE(read_questions_page(page({one}), 1).has_value());
    one[member] = value;
    return !read_questions_page(page({one}), 1).has_value();
}

TEST(QuestionsPage, InTheLogsOrder) {
    const auto read = read_questions_page(page({question(2), question(7)}, true), 1);
    ASSERT_TRUE(read.has_value()) << read.error().why;
    EXPECT_TRUE(read->more);
    ASSERT_EQ(read->questions.size(), 2U);
    EXPECT_EQ(read->questions[1].index, 7U);
    EXPECT_EQ(read->questions[1].text, "why");
    EXPECT_FALSE(read_questions_page(page({question(7), question(2)}), 1).has_value());
    EXPECT_FALSE(read_questions_page(page({question(2), question(2)}), 1).has_value());
    EXPECT_FALSE(read_questions_page(page({question(1)}), 1).has_value()) << "shown before";
    EXPECT_FALSE(read_questions_page(page({}, true), 1).has_value()) << "asked for without end";
    EXPECT_TRUE(read_questions_page(page({}), 1).has_value());
}

TEST(QuestionsPage, HaveAnEnd) {
    std::vector<Question> all;
    EXPECT_EQ(add_questions_page(all, page({question(2), question(7)}, true)), true);
    EXPECT_FALSE(add_questions_page(all, page({question(7)}, true)).has_value()) << "shown before";
    EXPECT_EQ(add_questions_page(all, page({question(8)})), false);
    EXPECT_EQ(all.size(), 3U);
    all.resize(questions_max - 1);
    EXPECT_EQ(add_questions_page(all, page({question(9)}, true)), true);
    EXPECT_FALSE(add_questions_page(all, page({question(10)}, true)).has_value());
    EXPECT_EQ(all.size(), questions_max);
}

TEST(QuestionsPage, AnsweredOnes) {
    auto one = question(2);
    const auto salt = base64url(wire::filled(3));
    one["answer"] = json::object{
        {"text", "because"}, {"at", 7}, {"operator", json::object{{"name", "A"}, {"salt", salt}}}};
    const auto read = read_questions_page(page({one}), 0);
    ASSERT_TRUE(read.has_value()) << read.error().why;
    EXPECT_EQ(read->questions[0].answer->text, "because");
    EXPECT_EQ(read->questions[0].answer->operator_name, "A");
    EXPECT_EQ(read->questions[0].answer->operator_salt, wire::filled(3));
}

// The relay chooses which request it shows beside a question: it may only be one that the
// organisation has signed, since the answer opens who asked.
TEST(QuestionsPage, AboutARequestThatTheOrganisationSigned) {
    const wire::TestCountry country;
    const auto directory = country.directory();
    const auto asked_about = [](const wire::Order& order) {
        auto one = question(2);
        one["content"] = wire::complete(order);
        return wire::valid(read_questions_page(page({one}), 1)).questions.at(0);
    };
    const auto clinic = wire::participant_id("clinic-1");
    auto order = country.order();
    EXPECT_TRUE(is_request_of(clinic, asked_about(order), directory));
    EXPECT_FALSE(is_request_of(wire::participant_id("relay"), asked_about(order), directory));
    order.head = wire::sign_head(country.head(), wire::kid_of(country.clinic), country.relay);
    EXPECT_FALSE(is_request_of(clinic, asked_about(order), directory)) << "another's signature";
    const auto none = wire::valid(read_questions_page(page({question(2)}), 1)).questions.at(0);
    EXPECT_FALSE(is_request_of(clinic, none, directory));
}

TEST(QuestionsPage, OfAnotherFormAreRefused) {
    EXPECT_TRUE(refused("index", -1));
    EXPECT_TRUE(refused("index", "2"));
    EXPECT_TRUE(refused("entry", "short"));
    EXPECT_TRUE(refused("text", 1));
    EXPECT_TRUE(refused("deadline", "tomorrow"));
    EXPECT_TRUE(refused("answer", json::object{{"text", "because"}}));
    EXPECT_TRUE(refused("content", "not an order"));
    EXPECT_TRUE(refused("more", true)) << "unknown member";
    EXPECT_FALSE(read_questions_page({{"questions", json::array()}}, 0).has_value());
    auto other = page({});
    other["questions"] = json::array{1};
    EXPECT_FALSE(read_questions_page(other, 0).has_value());
    other = page({});
    other["x"] = 1;
    EXPECT_FALSE(read_questions_page(other, 0).has_value());
}

}  // namespace
}  // namespace mado::client
