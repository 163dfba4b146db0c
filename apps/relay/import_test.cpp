#include "import.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "test_relay.hpp"

namespace mado::relay {
namespace {

class ImportTest : public testing::Test {
  protected:
    ImportTest() { store.open(); }
    ~ImportTest() override { store.check(); }

    [[nodiscard]] std::string line(int person, const TestCard& of,
                                   std::string_view status = "active") const {
        return fmt::format(
            R"({{"health_care_number":"{}","identifiers":[{{"scheme":"insured-number",)"
            R"("holder":"06990014","fields":{{"insurer":"06990014","symbol":"12",)"
            R"("number":"{:07}","branch":"00"}},"state":"current"}}],)"
            R"("certificates":[{{"certificate":"{}","status":"{}"}}]}})",
            health_care_number(fmt::format("{:011}", person)), person,
            base64url(of.certificate.der()), status);
    }
    void write(std::string_view content) { replace_file(path, as_bytes(content)); }
    [[nodiscard]] std::string statement(std::string_view content, std::int64_t persons) const {
        return fmt::format(R"({{"iss":"issuer","iat":1,"sha256":"{}","persons":{}}})",
                           base64url(crypto::sha256(as_bytes(content))), persons);
    }
    void sign(std::string_view text, const crypto::PrivateKey& key,
              std::string_view type = "mado-import+jws") {
        replace_file(path + ".jws", as_bytes(wire::jws_of(type, text, key)));
    }
    void write_signed(std::string_view content, std::int64_t persons) {
        write(content);
        sign(statement(content, persons), store.country.issuer);
    }

    std::int64_t import() {
        return import_file(path, store.directory, schemes, store.vault(), store.writer());
    }
    // Why it was refused; nothing may have been taken in.
    std::string refusal() {
        std::string why;
        try {
            import();
            ADD_FAILURE() << "it was imported";
        } catch (const OperatorError& error) {
            why = error.what();
        }
        EXPECT_EQ(why.find(path + " was not imported: "), 0U) << why;
        for (const auto* table : {"person", "identifier", "card_key", "access", "head"}) {
            EXPECT_EQ(store.count(std::string("select count(*) from ") + table), 0) << table;
        }
        EXPECT_EQ(store.count("select count(*) from person"), 0);
        store.check();
        return why.substr(std::min(why.size(), (path + " was not imported: ").size()));
    }

    TestStore store;
    const wire::Schemes schemes = wire::test_schemes();
    const std::string path = store.folder().path("people.jsonl");
    const TestCard card = store.country.card();
    const std::string one = line(1, card) + "\n";
};

TEST_F(ImportTest, TakesInWhatTheIssuerSigned) {
    const auto second = store.country.card();
    const auto third = store.country.card(wire::test_now);
    const auto content =
        one + line(2, second, "suspended") + "\n" + line(3, third, "revoked") + "\n";
    write_signed(content, 3);
    EXPECT_EQ(import(), 3);
    EXPECT_GT(store.count("select count(*) from person"), 0);
    EXPECT_EQ(store.count("select count(*) from person where linked = 1"), 3);

    Reader reader(store.database(), store.vault());
    const auto found = reader.card(second.certificate.thumbprint());
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->person, 2);
    EXPECT_EQ(found->status, CardStatus::suspended);
    EXPECT_EQ(found->key.thumbprint(), second.key.public_key().thumbprint());
    EXPECT_EQ(found->not_after, RelayCountry::card_end);
    EXPECT_EQ(reader.card(third.certificate.thumbprint())->status, CardStatus::revoked);
    EXPECT_EQ(reader.card(third.certificate.thumbprint())->not_after, wire::test_now);
    EXPECT_FALSE(reader.card(wire::filled(1)).has_value());

    const auto identifiers = reader.identifiers(2);
    ASSERT_EQ(identifiers.size(), 2U);
    EXPECT_FALSE(identifiers[0].holder.has_value());
    EXPECT_EQ(identifiers[1].holder, wire::participant_id("06990014"));
    EXPECT_EQ(reader.linked(identifiers[1].number), std::vector<PersonRow>{2});
    auto other_branch = identifiers[1].number;
    other_branch.fields.back().second = "01";
    EXPECT_TRUE(reader.linked(other_branch).empty());
}

TEST_F(ImportTest, TheFileIsAnEntryOfTheLog) {
    write_signed(one, 1);
    import();
    Bytes material = to_bytes("mado/import/1\n");
    append(material, crypto::sha256(as_bytes(one)));
    db::Connection connection(store.database(), db::Access::read_only);
    auto rows = connection.prepare("select entry from access");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.blob(0), to_bytes(ByteView(crypto::sha256(material))));
    EXPECT_FALSE(rows.step());
}

// With which others took on the same people.
TEST_F(ImportTest, OtherFilesOfTheStatementAreEntriesToo) {
    write(one);
    auto text = statement(one, 1);
    text.insert(text.size() - 1, R"(,"others":[")" + base64url(wire::filled(9)) + R"("])");
    sign(text, store.country.issuer);
    import();
    Bytes material = to_bytes("mado/import/1\n");
    append(material, wire::filled(9));
    EXPECT_EQ(store.count("select count(*) from access"), 2);
    db::Connection connection(store.database(), db::Access::read_only);
    auto rows = connection.prepare("select entry from access order by rowid desc");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.blob(0), to_bytes(ByteView(crypto::sha256(material))));
}

TEST_F(ImportTest, WhatAFamilyHasInCommonLeadsToNobody) {
    auto second = wire::replaced(line(2, store.country.card()), R"("0000002")", R"("0000001")");
    second = wire::replaced(second, R"("branch":"00")", R"("branch":"01")");
    write_signed(one + second + "\n", 2);
    EXPECT_EQ(import(), 2);
    Reader reader(store.database(), store.vault());
    auto number = reader.identifiers(1).at(1).number;
    EXPECT_EQ(reader.linked(number), std::vector<PersonRow>{1});
    number.fields.back().second.clear();
    EXPECT_TRUE(reader.linked(number).empty());
}

TEST_F(ImportTest, Unsigned) {
    EXPECT_NE(refusal().find("its signature is missing"), std::string::npos);
    write(one);
    EXPECT_NE(refusal().find("its signature is missing"), std::string::npos);
    replace_file(path + ".jws", as_bytes("rubbish"));
    EXPECT_EQ(refusal(), "its signature is not one");
    sign(statement(one, 1), store.country.issuer, "mado-head+jws");
    EXPECT_EQ(refusal(), "its signature is not one");
}

TEST_F(ImportTest, SignedByAnother) {
    write(one);
    for (const auto* key :
         {&store.country.clinic, &store.country.relay, &store.country.authority}) {
        sign(statement(one, 1), *key);
        EXPECT_EQ(refusal(), "no issuer of the directory signed it");
    }
    sign(wire::replaced(statement(one, 1), "issuer", "clinic-1"), store.country.clinic);
    EXPECT_EQ(refusal(), "no issuer of the directory signed it");
    sign(wire::replaced(statement(one, 1), "issuer", "nobody"), store.country.issuer);
    EXPECT_EQ(refusal(), "no issuer of the directory signed it");
}

TEST_F(ImportTest, StatementOfAnotherForm) {
    write(one);
    const auto good = statement(one, 1);
    for (const auto& text :
         {wire::replaced(good, R"("iat":1,)", ""),
          wire::replaced(good, R"("iat")", R"("more":1,"iat")"),
          wire::replaced(good, R"("persons":1)", R"("persons":-1)"), std::string("{}")}) {
        sign(text, store.country.issuer);
        EXPECT_EQ(refusal(), "its signed statement does not have its form");
    }
    sign("[]", store.country.issuer);
    EXPECT_EQ(refusal(), "its signed statement is not JSON");
}

TEST_F(ImportTest, AlteredFile) {
    write_signed(one, 1);
    write(wire::replaced(one, R"("active")", R"("revoked")"));
    EXPECT_EQ(refusal(), "it is not the file that was signed");
    write(one + "\n");
    EXPECT_EQ(refusal(), "it is not the file that was signed");
    write("");
    EXPECT_EQ(refusal(), "it is not the file that was signed");
    ASSERT_EQ(::unlink(path.c_str()), 0);
    EXPECT_EQ(refusal(), "there is no such file");
}

// The signed file for whoever opens it first, another one for whoever opens it then: a pipe, in
// whose place the other file is before it ends.
TEST_F(ImportTest, FileThatChangesBetweenTwoLooks) {
    const auto two = one + line(2, store.country.card()) + "\n";
    for (const auto& other :
         {wire::replaced(one, R"("active")", R"("revoked")"), two, std::string()}) {
        sign(statement(one, 1), store.country.issuer);
        const auto beside = path + ".other";
        replace_file(beside, as_bytes(other));
        ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
        std::thread writer([this, &beside] {
            std::ofstream pipe(path, std::ios::binary);
            pipe << one << std::flush;
            EXPECT_EQ(::rename(beside.c_str(), path.c_str()), 0);
        });
        EXPECT_EQ(refusal(), "it is not the file that was signed");
        writer.join();
        ASSERT_EQ(::unlink(path.c_str()), 0);
    }
}

TEST_F(ImportTest, WrongNumberOfLines) {
    const auto two = one + line(2, store.country.card()) + "\n";
    for (const std::int64_t persons : {0, 1, 3}) {
        write_signed(two, persons);
        EXPECT_EQ(refusal(), "it has not as many persons as its statement says");
    }
    write_signed("", 1);
    EXPECT_EQ(refusal(), "it has not as many persons as its statement says");
    write_signed(one + "\n", 2);
    EXPECT_EQ(refusal().find("line 2: "), 0U);
}

TEST_F(ImportTest, WrongLine) {
    const auto second = line(2, store.country.card());
    const auto stranger_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto stranger = crypto::self_signed({.use = crypto::CertificateUse::authority,
                                               .common_name = "cards",
                                               .not_after = RelayCountry::card_end},
                                              stranger_key);
    const auto foreign = crypto::issue({.use = crypto::CertificateUse::authentication,
                                        .common_name = "serial",
                                        .not_after = RelayCountry::card_end},
                                       stranger_key.public_key(), stranger, stranger_key);
    const auto certificate_at = second.find(R"("certificate":")") + 15;
    const auto with_certificate = [&second, certificate_at](const Bytes& der) {
        return second.substr(0, certificate_at) + base64url(der) +
               second.substr(second.find('"', certificate_at));
    };
    const auto next = base64url(store.country.card().certificate.der());
    const std::vector<std::pair<std::string, std::string>> lines{
        {wire::replaced(second, R"("certificates":[)",
                        R"("certificates":[{"certificate":")" + next + R"(","status":"active"},)"),
         "somebody has two active cards"},
        {"", "line 2: "},
        {"[]", "line 2: "},
        {second + "x", "line 2: "},
        {wire::replaced(second, R"("state":"current")", R"("state":"gone")"), "an unknown state"},
        {wire::replaced(second, R"("state":"current")", R"("state":"current","x":1)"), "line 2: "},
        {wire::replaced(second, R"("holder":"06990014")", R"("holder":"06990099")"),
         "an unknown holder"},
        {wire::replaced(second, R"("holder":"06990014")", R"("holder":"992016")"),
         "a number is of another holder than its line says"},
        {wire::replaced(second, R"("scheme":"insured-number")", R"("scheme":"x")"),
         "unknown number scheme"},
        {wire::replaced(second, R"("insurer":"06990014")", R"("insurer":"06990015")"),
         "a number does not fit its scheme"},
        {wire::replaced(second, health_care_number("00000000002"), "000000000020"),
         "a number does not fit its scheme"},
        {wire::replaced(second, R"("active")", R"("Active")"), "an unknown status"},
        {with_certificate(to_bytes("rubbish")), "a certificate cannot be read"},
        {with_certificate(foreign.der()), "a certificate is of no card authority"},
        {with_certificate(store.country.card_authority.der()),
         "a certificate is of no card authority"},
        {with_certificate(card.certificate.der()), "its certificate came before"},
        {wire::replaced(second, R"("symbol":"12")",
                        R"("symbol":")" + std::string(70'000, '1') + '"'),
         "line 2: "},
        {std::string(70'000, ' '), "it is too long"},
    };
    for (const auto& [wrong, why] : lines) {
        write_signed(one + wrong + "\n", 2);
        const auto said = refusal();
        EXPECT_EQ(said.find("line 2: "), 0U) << said;
        EXPECT_NE(said.find(why), std::string::npos) << said;
        EXPECT_EQ(said.find("0000002"), std::string::npos) << "a number in an error: " << said;
    }
}

TEST_F(ImportTest, OnlyIntoAnEmptyStore) {
    write_signed(one, 1);
    EXPECT_EQ(import(), 1);
    EXPECT_THROW(import(), OperatorError);
    EXPECT_EQ(store.count("select count(*) from person"), 1);
    EXPECT_EQ(store.count("select count(*) from access"), 1);
}

TEST_F(ImportTest, LastLineMayLackItsEnd) {
    write_signed(line(1, card), 1);
    EXPECT_EQ(import(), 1);
}

// ---- what the reader does with rows that somebody has altered ----

TEST_F(ImportTest, AlteredRowsFailAndTheReaderGoesOn) {
    const auto second = store.country.card();
    write_signed(one + line(2, second) + "\n", 2);
    import();
    Reader reader(store.database(), store.vault());
    const auto whose = [&reader](const TestCard& of) {
        return reader.card(of.certificate.thumbprint())->person;
    };
    EXPECT_EQ(whose(second), 2);
    store.alter("update card_key set person = 1; update identifier set person = 1");
    for (int i = 0; i < 2; ++i) {
        EXPECT_THROW((void)whose(second), Failure) << "a card was hung on another person";
        EXPECT_THROW((void)reader.identifiers(1), Failure);
        EXPECT_EQ(whose(card), 1);
    }
    store.alter("update card_key set sealed = x'01'");
    EXPECT_THROW((void)whose(card), Failure);
    EXPECT_FALSE(reader.card(wire::filled(1)).has_value());
    // The failed reads hold no old snapshot.
    store.alter("delete from card_key");
    EXPECT_FALSE(reader.card(card.certificate.thumbprint()).has_value());
}

}  // namespace
}  // namespace mado::relay
