#include "records.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <set>
#include <thread>

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
    for (const auto& rows :
         {std::string(""), std::string("select from"), std::string("select 1; select 2"),
          fmt::format("select {} from nothing", columns),
          fmt::format("select {} from insured; select 1", columns),
          fmt::format("select {} from insured where number = ?", columns)}) {
        holder.map(rows);
        const auto said = refusal();
        EXPECT_TRUE(said.contains("[service], [eligibility]: rows") && said.contains("rows"))
            << said;
    }
}

TEST_F(RecordsTest, StatementsThatTakeIn) {
    holder.run("create table told (order_id primary key, what)");
    const auto said = [this](std::string_view service, std::string_view more) {
        const auto rows = service == "eligibility"
                              ? fmt::format("select {} from insured", columns)
                              : std::string("select number, name, as_of from insured");
        holder.map(rows, service);
        holder.write_mapping(*read_file(holder.mapping) + std::string(more));
        return refusal();
    };
    const auto expect = [&said](std::string_view tell, std::string_view why) {
        const auto text = said("health-care-number", fmt::format("tell = \"{}\"\n", tell));
        EXPECT_NE(text.find(why), std::string::npos) << tell << "\n" << text;
    };
    EXPECT_EQ(said("health-care-number",
                   "tell = \"insert into told values (:order_id, :time || :health_care_number || "
                   ":valid_from || :number) on conflict do nothing\"\n"),
              "");
    EXPECT_NE(said("health-care-number", "").find("needs a statement that takes in"),
              std::string::npos);
    EXPECT_NE(
        said("eligibility", "tell = \"delete from told\"\n").find("the service is told nothing"),
        std::string::npos);
    expect("select :order_id", "the statement writes nothing");
    expect("insert into told values ('1', :number)", "without :order_id");
    expect("insert into told values (:order_id, :birth_date)", "there is no parameter :birth_date");
    expect("insert into told values (:order_id, 1) returning what",
           "the service has no column what");
    expect("insert into nothing values (:order_id)", "tell");
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
    const auto& data = *answer.data;
    EXPECT_EQ(data.at("result").as_string(), "insured");
    EXPECT_EQ(data.at("payers").as_array().size(), 1U);
    EXPECT_EQ(ask(records, "2").outcome, wire::Outcome::no_match);
    const auto before = *ask(records, "1", "2024-03-31").data;
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

// ---- a service with items ----

class ItemsTest : public RecordsTest {
  protected:
    ItemsTest() {
        holder.run(
            "create table claim (id, month, points); create table line (id, code, points);"
            "insert into claim values ('c1', '2026-05', 351), ('c2', '2026-06', 60);"
            "insert into line values ('c1', '111000110', 291), ('c1', '120002910', 60),"
            " ('c2', '120002910', 60)");
        map(rows, items);
    }
    void map(std::string_view rows_sql, std::string_view items_sql) const {
        holder.write_mapping(
            fmt::format("[holder]\nid = \"06990014\"\nkind = \"medical-insurer\"\nname = \"…\"\n"
                        "[service.claims]\nrows = \"\"\"{}\"\"\"\nitems = \"\"\"{}\"\"\"\n",
                        rows_sql, items_sql));
    }
    void expect_items_refused(std::string_view sql, std::string_view why) const {
        map(rows, sql);
        const auto said = refusal();
        EXPECT_TRUE(said.contains("[service], [claims]: items") && said.contains(why))
            << sql << "\n"
            << said;
    }
    wire::ServiceAnswer ask_claims(Records& records, std::string_view from = "2026-01") const {
        return records.answer(claims,
                              {.holder = *directory.find("06990014"),
                               .number = {{"number", "1"}},
                               .birth_date = {},
                               .parameters = {{"from", std::string(from)}, {"to", "2026-07"}}});
    }
    // How many items each claim has.
    static std::string shape(const wire::ServiceAnswer& answer) {
        std::string out;
        for (const auto& claim : answer.data->at("claims").as_array()) {
            const auto* list = claim.at("explanation").as_object().if_contains("item");
            out += std::to_string(list == nullptr ? 0 : list->as_array().size()) + " ";
        }
        return out;
    }

    const wire::ServiceId claims = wire::service_id("claims");
    static constexpr std::string_view rows =
        "select number, name, id as claim_id, month, 'medical' as kind, 'c' as institution, points,"
        " '2026-07' as arrived_to, as_of from insured"
        " left join claim on month between :from and :to where number = :number order by id";
    static constexpr std::string_view items =
        "select line.id as claim_id, code, 'n' as name, line.points from insured join claim on "
        "month"
        " between :from and :to join line on line.id = claim.id where number = :number";
};

TEST_F(ItemsTest, ItemsBelongToTheirRows) {
    auto records = open();
    EXPECT_TRUE(records.offers(claims));
    EXPECT_EQ(shape(ask_claims(records)), "2 1 ");
    holder.run("delete from claim; delete from line");
    EXPECT_EQ(shape(ask_claims(records)), "");
}

TEST_F(ItemsTest, RequiredWhereTheServiceHasThemAndOnlyThere) {
    holder.map(rows, "claims");
    EXPECT_TRUE(refusal().contains("the service has items")) << refusal();
    holder.write_mapping(
        wire::replaced(*read_file(holder.mapping), "rows =", "items = \"select 1\"\nrows ="));
    EXPECT_TRUE(refusal().contains("is missing")) << refusal();
    holder.map(fmt::format("select {} from insured", columns));
    EXPECT_EQ(refusal(), "");
    holder.write_mapping(
        wire::replaced(*read_file(holder.mapping), "rows =", "items = \"select 1\"\nrows ="));
    EXPECT_TRUE(refusal().contains("the service has no items")) << refusal();
}

TEST_F(ItemsTest, ItemsAreComparedWithTheContractAtStart) {
    expect_items_refused("select id as claim_id, code from line", "the column name is missing");
    expect_items_refused("select code, 'n' as name from line", "the column claim_id is missing");
    expect_items_refused("select id as claim_id, code, 'n' as name, 1 as month from line",
                         "the service has no column month");
    expect_items_refused("select id as claim_id, code, 'n' as name, code from line",
                         "the column code comes twice");
    expect_items_refused("delete from line", "the statement does more than read");
    expect_items_refused("select id as claim_id, code, 'n' as name from line where :on <> ''",
                         "there is no parameter :on");
    expect_items_refused("select id as claim_id, code, 'n' as name from lines", "lines");
    map("select id as claim_id from claim", items);
    EXPECT_TRUE(refusal().contains("rows")) << refusal();
}

class BrokenItem : public ItemsTest, public testing::WithParamInterface<const char*> {};

TEST_P(BrokenItem, FailsAndHarmsNoLaterOrder) {
    auto records = open();
    holder.run("create table kept as select * from line");
    holder.run(GetParam());
    for (int i = 0; i < 2; ++i)
        EXPECT_THROW((void)ask_claims(records), Failure);
    holder.run("delete from line; insert into line select * from kept");
    EXPECT_EQ(shape(ask_claims(records)), "2 1 ");
}

INSTANTIATE_TEST_SUITE_P(ItemsTest, BrokenItem,
                         testing::Values("update line set code = null", "update line set code = 7",
                                         "update line set points = 1.5",
                                         "update line set points = '60'",
                                         "update line set points = -1",
                                         "update line set points = null"));

TEST_F(ItemsTest, OrphanItem) {
    map(rows, "select 'c9' as claim_id, code, 'n' as name, points from line where :number = '1'");
    auto records = open();
    EXPECT_THROW((void)ask_claims(records), Failure);
    holder.run("update claim set id = 'c9' where id = 'c1'");
    EXPECT_EQ(shape(ask_claims(records)), "0 3 ");
}

TEST_F(ItemsTest, TooManyItems) {
    auto records = open();
    holder.run(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50001) "
        "insert into line select 'c1', '1', 1 from n");
    EXPECT_THROW((void)ask_claims(records), Failure);
    holder.run("delete from line");
    EXPECT_EQ(shape(ask_claims(records)), "0 0 ");
}

// A register that is written all the time: the items are those of the rows, never of a later state.
TEST_F(ItemsTest, RowsAndItemsAreOfOneState) {
    auto records = open();
    std::atomic<bool> stop{false};
    std::thread writer([this, &stop] {
        db::Connection connection(holder.database, db::Access::read_write);
        for (int i = 0; !stop; ++i) {
            // In every state the one claim has as many items as its points say.
            db::Transaction transaction(connection);
            connection.run(fmt::format(
                "delete from claim; delete from line; insert into claim values ('n', '2026-05', "
                "{0}); insert into line with recursive n(i) as (select 1 union all select i + 1 "
                "from n where i < {0}) select 'n', '1', 1 from n",
                1 + i % 7));
            transaction.commit();
        }
    });
    std::string seen;
    const auto ends = monotonic_us() + 20'000'000;
    while (seen.size() < 200 && monotonic_us() < ends) {
        const auto data = *ask_claims(records).data;
        const auto& claim = data.at("claims").as_array().front().as_object();
        if (claim.at("points").as_int64() > 7) continue;  // not yet written
        seen += std::to_string(claim.at("points").as_int64());
        EXPECT_EQ(claim.at("explanation").at("item").as_array().size(),
                  static_cast<std::size_t>(seen.back() - '0'));
    }
    stop = true;
    writer.join();
    EXPECT_GT(std::set<char>(seen.begin(), seen.end()).size(), 1U) << "more than one state";
}

TEST_F(ItemsTest, SlowItemsAreCutOff) {
    map(rows,
        fmt::format("with recursive n(i) as (select 1 union all select i + 1 from n where i < "
                    "1000000000) {} and (:from <> '2026-02' or (select count(*) from n) > 0)",
                    items));
    auto records = open();
    const auto start = monotonic_us();
    EXPECT_THROW((void)ask_claims(records, "2026-02"), db::Timeout);
    EXPECT_LT(monotonic_us() - start, 1'400'000) << "the relay waits for 1.5 s";
    EXPECT_EQ(shape(ask_claims(records)), "2 1 ");
}

}  // namespace
}  // namespace mado::gateway
