#include "records.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/config.hpp"

namespace mado::gateway {
namespace {

constexpr std::int64_t statement_ms_max = 1'000;

bool is_number_field(const wire::Scheme* scheme, std::string_view name) {
    return scheme != nullptr && name != scheme->holder_field &&
           std::ranges::find(scheme->fields, name, &wire::NumberField::name) !=
               scheme->fields.end();
}

// Compares a prepared SELECT with the contract of its service: names only; values are checked row
// by row, because SQLite columns have no fixed types.
void check_statement(const db::Statement& statement, const wire::Contract& contract,
                     const wire::Scheme* scheme, const Config& config) {
    if (!statement.reads_only()) config.refuse("rows", "the statement does more than read");
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < statement.columns(); ++i) {
        columns.push_back(statement.column_name(i));
    }
    for (const auto& column : contract.rows) {
        if (column.required && std::ranges::find(columns, column.name) == columns.end()) {
            config.refuse("rows", "the column " + std::string(column.name) + " is missing");
        }
    }
    for (const auto& name : columns) {
        if (std::ranges::find(contract.rows, name, &wire::Column::name) == contract.rows.end()) {
            config.refuse("rows", "the service has no column " + name);
        }
        if (std::ranges::count(columns, name) > 1) {
            config.refuse("rows", "the column " + name + " comes twice");
        }
    }
    for (const auto& name : statement.parameters()) {
        const bool known =
            is_number_field(scheme, name) ||
            std::ranges::find(contract.parameters, name) != contract.parameters.end();
        if (!known) config.refuse("rows", "there is no parameter :" + name);
    }
}

wire::Value value_of(const db::Statement& statement, std::size_t column) {
    switch (statement.type(column)) {
        case db::ColumnType::null:
            return std::monostate{};
        case db::ColumnType::integer:
            return statement.integer(column);
        case db::ColumnType::text:
            return statement.text(column);
        case db::ColumnType::real:
        case db::ColumnType::blob:
            break;
    }
    throw Failure("a column has a type that no contract allows: " + statement.column_name(column));
}

}  // namespace

Records::Records(const std::string& mapping, const std::string& database,
                 const wire::Directory& directory, const wire::Schemes& schemes)
    : connection_(database, db::Access::read_only) {
    auto config = Config::load(mapping);
    auto about = config.table("holder");
    const auto id = about.text("id");
    about.text("kind");
    about.text("name");
    holder_ = directory.find(id);
    if (holder_ == nullptr) about.refuse("id", "the directory has no such holder");
    if (holder_->kind.text() != about.text("kind")) {
        about.refuse("kind", "the directory says " + holder_->kind.text());
    }
    scheme_ = schemes.of_kind(holder_->kind);
    connection_.limit_ms(statement_ms_max);
    auto services = config.table("service");
    for (const auto& name : services.keys()) {
        auto service = services.table(name);
        const auto* contract = wire::find_contract(name);
        if (contract == nullptr) services.refuse(name, "the catalogue has no such service");
        auto statement = connection_.prepare(service.text("rows"));
        check_statement(statement, *contract, scheme_, service);
        services_.emplace(name, Service{contract, std::move(statement)});
    }
    config.finish();
}

bool Records::offers(const wire::ServiceId& service) const {
    return services_.contains(service.text());
}

wire::ServiceAnswer Records::answer(const wire::ServiceId& service,
                                    const wire::ServiceQuestion& question) {
    auto& entry = services_.find(service.text())->second;
    auto& statement = entry.rows;
    for (const auto& name : statement.parameters()) {
        const auto field = question.number.find(name);
        if (name == "on") {
            statement.bind(name, to_text(question.on));
        } else if (field == question.number.end()) {
            statement.bind_null(name);
        } else {
            statement.bind(name, field->second);
        }
    }
    std::vector<wire::Row> rows;
    const db::ResetAtEnd reset(statement);
    while (statement.step()) {
        wire::Row row;
        for (std::size_t i = 0; i < statement.columns(); ++i) {
            row.values.emplace(statement.column_name(i), value_of(statement, i));
        }
        if (auto ok = wire::check_row(*entry.contract, row); !ok) {
            throw Failure("the database breaks the contract of " + service.text() + ": " +
                          ok.error().why);
        }
        rows.push_back(std::move(row));
        if (rows.size() > wire::rows_max) {
            throw Failure("the database returns too many rows for one person");
        }
    }
    return entry.contract->answer(question, rows);
}

}  // namespace mado::gateway
