// What the tests of errors share: one country, and the codes that were seen so far.
#pragma once

#include <memory>
#include <set>

#include "country_fixture.hpp"

namespace mado::tests {

// The demo's people that these tests use, each for one purpose: misses and mandates are counted.
struct Person {
    const char* card;
    const char* health_care_number;
    const char* birth_date;
};
constexpr Person hanako{"hanako", "621874998319", "1986-05-01"};  // 990010, before 06990014
constexpr Person taro{"taro", "170907095849", "1984-03-15"};      // 06990014
constexpr Person mei{"mei", "251864975796", "2022-07-07"};        // 06990014
constexpr Person nguyen{"nguyen", "908607141597", "1998-11-03"};  // 990010
constexpr Person sato{"sato-1", "968581499776", "1975-01-20"};    // 06990014
constexpr Person tokubetsu{"tokubetsu", "183653462173",
                           "1979-09-09"};                           // 990010; its card is locked
constexpr Person twin{"takasaki-1", "403647978391", "2014-09-03"};  // 06990014, without branch

class ErrorsTest : public ::testing::Test {
  protected:
    static RunningCountry& country() {
        if (!country_) country_ = std::make_unique<RunningCountry>();
        return *country_;
    }
    static const client::Identity& clinic() { return country().office("clinic-1"); }
    static Bytes subject_of(const Person& person) {
        return number_subject(person.health_care_number, person.birth_date);
    }
    static RawReply ask(const wire::Head& head, ByteView subject) {
        return country().ask(clinic(), head, subject);
    }
    // A check that this person's card signed for clinic-1.
    static Bytes card_subject(const Person& person) {
        return card_subject(person, country().mandate("clinic-1"));
    }
    static Bytes card_subject(const Person& person, const wire::Mandate& mandate) {
        return to_bytes(wire::mandate_subject(country().sign(mandate, person.card)));
    }
    // Entries in the log, the directory's and the import's too.
    static std::int64_t log_size();
    // The document without its request id, which is random.
    static std::string without_request_id(const RawReply& reply);
    // An answer of that code and nothing more: a problem document that tells nothing internal.
    static void expect_problem(const RawReply& reply, Code code, std::string_view reason = {});
    // The same of what lib/client or a program says.
    static void expect_code(Code found, Code code);
    static void expect_said(const Finished& finished, Code code);

    static std::set<Code>& seen() {
        static std::set<Code> codes;
        return codes;
    }
    static void close_country();

  private:
    friend class Verdict;
    static inline std::unique_ptr<RunningCountry> country_;
};

}  // namespace mado::tests
