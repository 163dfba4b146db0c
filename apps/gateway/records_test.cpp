#include "records.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "test_gateway.hpp"

namespace mado::gateway {
namespace {

class RecordsTest : public testing::Test {
  protected:
    [[nodiscard]] Records open() const {
        return {holder.mapping, holder.database, directory, schemes};
    }
    // Why the mapping is refused: names the file.
    [[nodiscard]] std::string refusal() const {
        try {
            (void)open();
        } catch (const OperatorError& error) {
            EXPECT_NE(std::string(error.what()).find("mapping.toml"), std::string::npos)
                << error.what();
            return error.what();
        } catch (const Failure& failure) {
            return std::string("Failure: ") + failure.what();
        }
        return "";
    }
    void expect_refused(std::string_view rows, std::string_view why) const {
        holder.map(rows);
        const auto said = refusal();
        EXPECT_NE(said.find(why), std::string::npos) << rows << "\n" << said;
    }
    wire::ServiceAnswer ask(Records& records, std::string_view number = "1",
                            std::string_view on = "2026-11-22") const {
        return records.answer(service, {.holder = *directory.find("06990014"),
                                        .number = {{"number", std::string(number)}},
                                        .birth_date = parse_date("1986-11-22").value(),
                                        .parameters = {{"on", std::string(on)}}});
    }

    TempFolder folder;
    const TestRegister holder{folder};
    const GatewayCountry country;
    const wire::Directory directory = country.directory();
    const wire::Schemes schemes = wire::test_schemes();
    const wire::ServiceId service = wire::service_id("eligibility");
    static constexpr std::string_view columns =
        "number, name, birth_date, share_percent, valid_from, rank, guarantee, as_of";
};

// ---- the contract, at start ----

TEST_F(RecordsTest, FittingMapping) {
    const auto records = open();
    EXPECT_EQ(records.holder().id.text(), "06990014");
    EXPECT_TRUE(records.offers(service));
    EXPECT_FALSE(records.offers(wire::service_id("claims")));
}

TEST_F(RecordsTest, MissingColumn) {
    expect_refused("select number from insured", "the column name is missing");
    expect_refused(
        "select number, name, birth_date, share_percent, valid_from, rank, guarantee from insured",
        "the column as_of is missing");
}

TEST_F(RecordsTest, ColumnTooMuchOrTwice) {
    expect_refused(fmt::format("select {}, 1 as income from insured", columns),
                   "the service has no column income");
    expect_refused(fmt::format("select {}, 1 as rank from insured", columns),
                   "the column rank comes twice");
}

TEST_F(RecordsTest, StatementThatWrites) {
    expect_refused("delete from insured", "the statement does more than read");
    expect_refused(fmt::format("update insured set rank = 1 returning {}", columns),
                   "the statement does more than read");
}

TEST_F(RecordsTest, UnknownParameter) {
    expect_refused(fmt::format("select {} from insured where number = :nummer", columns),
                   "there is no parameter :nummer");
    expect_refused(fmt::format("select {} from insured where number = :insurer", columns),
                   "there is no parameter :insurer");
    holder.map(
        fmt::format("select {} from insured where number = :number and :symbol is null and "
                    ":branch is null and valid_from <= :on",
                    columns));
    EXPECT_EQ(refusal(), "");
}

TEST_F(RecordsTest, StatementsThatAreNone) {
    expect_refused("", "");
    expect_refused("select from", "");
    expect_refused(fmt::format("select {} from nothing", columns), "");
    expect_refused(fmt::format("select {} from insured; select 1", columns), "");
    expect_refused(fmt::format("select {} from insured where number = ?", columns), "");
    for (const auto* rows : {"", "select from", "select 1; select 2"}) {
        holder.map(rows);
        EXPECT_NE(refusal(), "") << rows;
    }
}

TEST_F(RecordsTest, HolderThatIsAnother) {
    const auto text = *read_file(holder.mapping);
    holder.write_mapping(wire::replaced(text, "06990014", "06990077"));
    EXPECT_NE(refusal().find("the directory has no such holder"), std::string::npos);
    holder.write_mapping(wire::replaced(text, "medical-insurer", "care-insurer"));
    EXPECT_NE(refusal().find("the directory says medical-insurer"), std::string::npos);
    holder.write_mapping(wire::replaced(text, "rows =", "more = 1\nrows ="));
    EXPECT_NE(refusal().find("more"), std::string::npos);
    holder.write_mapping(wire::replaced(text, "name =", "title ="));
    EXPECT_NE(refusal(), "");
}

TEST_F(RecordsTest, ServiceOfNoCatalogue) {
    holder.map("select 1", "horoscope");
    EXPECT_NE(refusal().find("the catalogue has no such service"), std::string::npos);
}

TEST_F(RecordsTest, DatabaseThatIsNotThere) {
    EXPECT_THROW(Records(holder.mapping, folder.path("none.sqlite"), directory, schemes),
                 OperatorError);
    EXPECT_THROW(Records(folder.path("none.toml"), holder.database, directory, schemes),
                 OperatorError);
}

// ---- rows ----

TEST_F(RecordsTest, RowsBecomeTheDocument) {
    auto records = open();
    const auto answer = ask(records);
    ASSERT_EQ(answer.outcome, wire::Outcome::answered);
    EXPECT_EQ(answer.as_of, 1'795'300'000);
    const auto data = boost::json::parse(answer.data).as_object();
    EXPECT_EQ(data.at("result").as_string(), "insured");
    EXPECT_EQ(data.at("payers").as_array().size(), 1U);
    EXPECT_EQ(ask(records, "2").outcome, wire::Outcome::no_match);
    const auto before = boost::json::parse(ask(records, "1", "2024-03-31").data).as_object();
    EXPECT_EQ(before.at("result").as_string(), "not_on_this_date");
}

TEST_F(RecordsTest, NumberIsAValueAndNeverSql) {
    auto records = open();
    EXPECT_EQ(ask(records, "1' or '1'='1").outcome, wire::Outcome::no_match);
}

TEST_F(RecordsTest, FieldThatIsMissingIsNull) {
    holder.map(
        fmt::format("select {} from insured where number = :number and :branch is null", columns));
    auto records = open();
    EXPECT_EQ(ask(records).outcome, wire::Outcome::answered);
}

// Each of these breaks the contract once, and the service goes on when the row is mended.
class BrokenRow : public RecordsTest, public testing::WithParamInterface<const char*> {};

TEST_P(BrokenRow, FailsAndHarmsNoLaterOrder) {
    auto records = open();
    EXPECT_EQ(ask(records).outcome, wire::Outcome::answered);
    holder.run(
        "insert into insured select '2', name, birth_date, share_percent, valid_from, "
        "valid_to, rank, guarantee, as_of from insured");
    holder.run(std::string("update insured set ") + GetParam() + " where number = '2'");
    for (int i = 0; i < 2; ++i) {
        EXPECT_THROW((void)ask(records, "2"), Failure);
        EXPECT_EQ(ask(records).outcome, wire::Outcome::answered);
    }
    holder.run("delete from insured where number = '2'");
    EXPECT_EQ(ask(records, "2").outcome, wire::Outcome::no_match) << "an old snapshot is read";
}

INSTANTIATE_TEST_SUITE_P(RecordsTest, BrokenRow,
                         testing::Values("name = null", "share_percent = 30.5",
                                         "share_percent = '30'", "name = x'00ff'", "name = 7",
                                         "birth_date = '22.11.1986'", "birth_date = 19861122",
                                         "valid_to = '2026-02-30'", "as_of = 'yesterday'"));

TEST_F(RecordsTest, TooManyRows) {
    holder.run(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10001) "
        "insert into insured select '3', '花子', '1986-11-22', 30, '2024-04-01', null, 1, 1, "
        "1795300000 from n");
    auto records = open();
    EXPECT_THROW((void)ask(records, "3"), Failure);
    EXPECT_EQ(ask(records).outcome, wire::Outcome::answered);
}

TEST_F(RecordsTest, SlowStatementIsCutOff) {
    holder.map(fmt::format(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) "
        "select {} from insured where number = :number and (:number <> '2' or "
        "(select count(*) from n) > 0)",
        columns));
    holder.run(
        "insert into insured select '2', name, birth_date, share_percent, valid_from, "
        "valid_to, rank, guarantee, as_of from insured");
    auto records = open();
    const auto start = monotonic_us();
    EXPECT_THROW((void)ask(records, "2"), db::Timeout);
    EXPECT_LT(monotonic_us() - start, 1'400'000) << "the relay waits for 1.5 s";
    EXPECT_EQ(ask(records).outcome, wire::Outcome::answered);
}

}  // namespace
}  // namespace mado::gateway
