// What the tests of the services share: rows, and what a contract answers for them.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/fwd.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matching/tables.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/test_wire.hpp"

namespace mado::wire {

using Number = std::map<std::string, std::string, std::less<>>;

inline Row with(Row row, std::string_view column, Value value) {
    row.values.insert_or_assign(std::string(column), std::move(value));
    return row;
}

// A person of whom the insurer has nothing in these months.
inline Row insured_person(const char* symbol, const char* number, const char* branch) {
    return {.values = {{"symbol", symbol},
                       {"number", number},
                       {"branch", branch},
                       {"name", "厚労　花子"},
                       {"as_of", std::int64_t{test_now - 3600}}}};
}

// Asks for one number; every row given is one that the contract's columns allow.
class ServiceTest : public testing::Test {
  protected:
    ServiceTest(std::string_view service, ParameterValues parameters, Number asked)
        : contract_(*find_contract(service)),
          parameters_(std::move(parameters)),
          asked_(std::move(asked)) {}

    Parsed<ServiceAnswer> ask(const std::vector<Row>& rows, const std::vector<Row>& items = {}) {
        for (const auto& row : rows)
            EXPECT_TRUE(check_row(contract_.rows, row));
        for (const auto& row : items)
            EXPECT_TRUE(check_row(contract_.items, row));
        return make_answer(contract_,
                           {.holder = *directory_.find("06990014"),
                            .number = asked_,
                            .birth_date = birth_date_,
                            .parameters = parameters_,
                            .payload = payload_,
                            .now = test_now,
                            .today = today_,
                            .tables = &tables_},
                           rows, items);
    }
    Outcome outcome(const std::vector<Row>& rows, const std::vector<Row>& items = {}) {
        return valid(ask(rows, items)).outcome;
    }
    // A template, because here json::object is only declared.
    template <class Object = json::object>
    Object data(const std::vector<Row>& rows, const std::vector<Row>& items = {}) {
        auto answer = valid(ask(rows, items));
        EXPECT_EQ(answer.outcome, Outcome::answered);
        return Object(std::move(*answer.data));
    }
    std::string why_bad(const std::vector<Row>& rows, const std::vector<Row>& items = {}) {
        const auto answer = ask(rows, items);
        return answer ? "" : answer.error().why;
    }

    const Contract& contract_;
    ParameterValues parameters_;
    TestCountry country_;
    Directory directory_ = country_.directory();
    Date today_ = valid(parse_date("2026-11-22"));
    Number asked_;
    std::optional<Date> birth_date_;
    Row payload_;
    matching::Tables tables_;  // that know no other writing
};

}  // namespace mado::wire
