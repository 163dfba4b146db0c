#include "wire/subject.hpp"

#include "test_wire.hpp"

namespace mado::wire {
namespace {

std::string said(std::string_view text) {
    const auto subject = read_subject(as_bytes(text), test_schemes());
    return subject ? "good" : std::string(info(subject.error()).name);
}

TEST(Subject, OfAMandateIsTheJwsAsItIs) {
    const auto text = mandate_subject("a.b.c");
    EXPECT_EQ(text, R"({"mandate":"a.b.c"})");
    const auto subject = read_subject(as_bytes(text), test_schemes());
    ASSERT_TRUE(subject);
    const auto* mandate = std::get_if<MandateSubject>(&*subject);
    ASSERT_NE(mandate, nullptr);
    EXPECT_EQ(mandate->mandate, "a.b.c");
}

TEST(Subject, OfADelegateHasBoth) {
    const auto text = delegate_subject("a.b.c", "d.e.f");
    EXPECT_EQ(text, R"({"mandate":"a.b.c","by":"d.e.f"})");
    const auto subject = read_subject(as_bytes(text), test_schemes());
    ASSERT_TRUE(subject);
    const auto* mandate = std::get_if<MandateSubject>(&*subject);
    ASSERT_NE(mandate, nullptr);
    EXPECT_EQ(mandate->mandate, "a.b.c");
    EXPECT_EQ(mandate->by, "d.e.f");
    for (const auto* wrong :
         {R"({"by":"d.e.f"})", R"({"mandate":"a.b.c","by":""})", R"({"mandate":"a.b.c","by":1})",
          R"({"self":true,"by":"d.e.f"})", R"({"application":"a.b.c","by":"d.e.f"})",
          R"({"mandate":"a.b.c","application":"d.e.f"})"}) {
        EXPECT_EQ(said(wrong), "malformed") << wrong;
    }
}

TEST(Subject, OfAnApplicationIsTheJwsAsItIs) {
    const auto text = application_subject("a.b.c");
    EXPECT_EQ(text, R"({"application":"a.b.c"})");
    const auto subject = read_subject(as_bytes(text), test_schemes());
    ASSERT_TRUE(subject);
    const auto* application = std::get_if<ApplicationSubject>(&*subject);
    ASSERT_NE(application, nullptr);
    EXPECT_EQ(application->application, "a.b.c");
    EXPECT_EQ(said(R"({"application":1})"), "malformed");
}

TEST(Subject, OfANumberIsReadAndNormalised) {
    const auto text = number_subject(
        "insured-number",
        {{"insurer", "06990014"}, {"symbol", "ｱ"}, {"number", "12"}, {"branch", ""}}, "1986-05-01");
    EXPECT_EQ(text, R"({"number":{"scheme":"insured-number","insurer":"06990014","symbol":"ｱ",)"
                    R"("number":"12","birth_date":"1986-05-01"}})");
    const auto subject = read_subject(as_bytes(text), test_schemes());
    ASSERT_TRUE(subject);
    const auto* number = std::get_if<NumberSubject>(&*subject);
    ASSERT_NE(number, nullptr);
    EXPECT_EQ(number->number.field("symbol"), "ア");
    EXPECT_EQ(mado::to_text(number->birth_date), "1986-05-01");
}

TEST(Subject, WithAWrongCheckDigitIsNotTheSameAsAMalformedOne) {
    const auto with = [](std::string_view number) {
        return said(fmt::format(R"({{"number":{{"scheme":"health-care-number","number":{},)"
                                R"("birth_date":"1986-05-01"}}}})",
                                number));
    };
    EXPECT_EQ(with(R"("621874998319")"), "good");
    EXPECT_EQ(with(R"("621874998310")"), "number_malformed");
    EXPECT_EQ(with(R"("6218")"), "number_malformed");
    EXPECT_EQ(with("621874998319"), "malformed");
    EXPECT_EQ(with(R"("621874998319","extra":"")"), "malformed");
}

TEST(Subject, OfANumberHasASchemeAndABirthDate) {
    const std::string good = R"({"number":{"scheme":"health-care-number","number":"621874998319",)"
                             R"("birth_date":"1986-05-01"}})";
    EXPECT_EQ(said(good), "good");
    EXPECT_EQ(said(replaced(good, "health-care-number", "pension-number")), "malformed");
    EXPECT_EQ(said(replaced(good, R"("scheme":"health-care-number",)", "")), "malformed");
    EXPECT_EQ(said(replaced(good, R"("health-care-number")", "7")), "malformed");
    EXPECT_EQ(said(replaced(good, R"(,"birth_date":"1986-05-01")", "")), "malformed");
    EXPECT_EQ(said(replaced(good, "1986-05-01", "1986-02-30")), "malformed");
    EXPECT_EQ(said(replaced(good, "1986-05-01", "19860501")), "malformed");
    EXPECT_EQ(said(replaced(good, "1986-05-01", "")), "malformed");
    EXPECT_EQ(said(replaced(good, "1986-05-01", "1867-12-31")), "malformed");
    EXPECT_EQ(said(replaced(good, R"("1986-05-01")", "19860501")), "malformed");
}

TEST(Subject, HasExactlyOneMemberOfAKnownName) {
    const std::string number = R"("number":{"scheme":"health-care-number","number":"621874998319",)"
                               R"("birth_date":"1986-05-01"})";
    const std::string mandate = R"("mandate":"a.b.c")";
    EXPECT_EQ(said("{" + number + "}"), "good");
    EXPECT_EQ(said("{" + number + "," + mandate + "}"), "malformed");
    EXPECT_EQ(said("{" + mandate + "," + mandate + "}"), "malformed");
    for (const auto* text :
         {R"({})", R"({"own":{}})", R"({"own":"7"})", R"({"number":"621874998319"})",
          R"({"number":null})", R"({"number":[]})", R"({"mandate":7})", R"({"mandate":null})",
          R"({"mandate":{}})", R"([])", R"("")", "", "{",
          R"({"mandate":"a.b.c"} )"
          "x"}) {
        EXPECT_EQ(said(text), "malformed") << text;
    }
    EXPECT_EQ(said("{\"mandate\":\"\xff\"}"), "malformed");
}

TEST(Subject, HasALimit) {
    const std::string frame = R"({"mandate":""})";
    const auto of_size = [&](std::size_t bytes) {
        return mandate_subject(std::string(bytes - frame.size(), 'a'));
    };
    EXPECT_EQ(said(of_size(subject_bytes_max)), "good");
    EXPECT_EQ(said(of_size(subject_bytes_max + 1)), "malformed");
}

}  // namespace
}  // namespace mado::wire
