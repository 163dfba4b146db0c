#include "records.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/config.hpp"

namespace mado::gateway {
namespace {

constexpr std::int64_t answer_ms_max = 1'000;  // rows and items together

bool is_number_field(const wire::Scheme* scheme, std::string_view name) {
    return scheme != nullptr && name != scheme->holder_field &&
           std::ranges::find(scheme->fields, name, &wire::NumberField::name) !=
               scheme->fields.end();
}

constexpr auto order_parameters =
    std::to_array<std::string_view>({"order_id", "time", "log_index", "requester"});

// What a statement of the mapping is compared with.
struct Expected {
    std::string_view key;  // "rows", "items" or "tell"
    std::span<const wire::Column> columns;
    std::span<const wire::Parameter> parameters;
    const wire::Scheme* scheme;
    std::span<const wire::Column> payload = {};
    bool writes = false;
    bool gives_back = false;  // the rows of a tell that says what was made of it
    bool says = false;        // what the holder tells by itself, after an id
};

bool is_known_parameter(const Expected& expected, std::string_view name) {
    const auto among = [name](auto& list, auto field) {
        return std::ranges::find(list, name, field) != list.end();
    };
    return is_number_field(expected.scheme, name) ||
           among(expected.parameters, &wire::Parameter::name) ||
           among(expected.payload, &wire::Column::name) ||
           (expected.gives_back && name == "order_id") || (expected.says && name == "after") ||
           (expected.writes && among(order_parameters, std::identity()));
}

// Names only; values are checked row by row, because SQLite columns have no fixed types.
void check_statement(const db::Statement& statement, const Expected& expected,
                     const Config& config) {
    const auto refuse = [&config, &expected](const std::string& why) {
        config.refuse(expected.key, why);
    };
    if (statement.reads_only() == expected.writes) {
        refuse(expected.writes ? "the statement writes nothing"
                               : "the statement does more than read");
    }
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < statement.columns(); ++i) {
        columns.push_back(statement.column_name(i));
    }
    for (const auto& column : expected.columns) {
        if (column.required && std::ranges::find(columns, column.name) == columns.end()) {
            refuse("the column " + std::string(column.name) + " is missing");
        }
    }
    for (const auto& name : columns) {
        if (std::ranges::find(expected.columns, name, &wire::Column::name) ==
            expected.columns.end()) {
            refuse("the service has no column " + name);
        }
        if (std::ranges::count(columns, name) > 1) refuse("the column " + name + " comes twice");
    }
    const auto parameters = statement.parameters();
    for (const auto& name : parameters) {
        if (!is_known_parameter(expected, name)) refuse("there is no parameter :" + name);
    }
    if (expected.writes && std::ranges::find(parameters, "order_id") == parameters.end()) {
        refuse("without :order_id it could not do nothing the second time");
    }
    if (expected.says && std::ranges::find(parameters, "after") == parameters.end()) {
        refuse("without :after it would say everything again");
    }
}

db::Statement prepare(db::Connection& connection, Config& config, const Expected& expected) {
    const auto sql = config.text(expected.key);
    std::optional<db::Statement> statement;
    try {
        statement.emplace(connection.prepare(sql));
    } catch (const Failure& failure) {
        config.refuse(expected.key, failure.what());
    }
    check_statement(*statement, expected, config);
    return std::move(*statement);
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

void bind(db::Statement& statement, const std::string& name, const wire::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        statement.bind(name, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        statement.bind(name, *number);
    } else {
        statement.bind_null(name);
    }
}

// What the number or the payload has not is NULL.
void bind(db::Statement& statement, const wire::ServiceQuestion& question) {
    for (const auto& name : statement.parameters()) {
        const auto field = question.number.find(name);
        const auto parameter = question.parameters.find(name);
        const auto handed = question.payload.values.find(name);
        if (parameter != question.parameters.end()) {
            statement.bind(name, parameter->second);
        } else if (handed != question.payload.values.end()) {
            bind(statement, name, handed->second);
        } else if (field != question.number.end()) {
            statement.bind(name, field->second);
        } else if (name == "order_id") {
            statement.bind(name, question.order_id);
        } else {
            statement.bind_null(name);
        }
    }
}

wire::Row row_of(const db::Statement& statement) {
    wire::Row row;
    for (std::size_t i = 0; i < statement.columns(); ++i) {
        row.values.emplace(statement.column_name(i), value_of(statement, i));
    }
    return row;
}

bool has_types_of_contracts(const db::Statement& statement) {
    for (std::size_t i = 0; i < statement.columns(); ++i) {
        const auto type = statement.type(i);
        if (type == db::ColumnType::real || type == db::ColumnType::blob) return false;
    }
    return true;
}

std::optional<std::int64_t> id_of(const db::Statement& statement) {
    for (std::size_t i = 0; i < statement.columns(); ++i) {
        const bool is_id = statement.column_name(i) == "id";
        if (is_id && statement.type(i) == db::ColumnType::integer) return statement.integer(i);
    }
    return std::nullopt;
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
    scheme_ = schemes.of_holder(holder_->id, holder_->kind);
    if (scheme_ == nullptr) about.refuse("id", "no number scheme is this holder's");
    connection_.limit_ms(answer_ms_max);
    auto services = config.table("service");
    for (const auto& name : services.keys()) {
        services_.emplace(name, open_service(services, name, database));
    }
    if (auto says = config.optional_table("says")) {
        for (const auto& name : says->keys())
            says_.emplace(name, open_saying(*says, name));
    }
    config.finish();
}

// Of each of the holder's own numbers what the service's payload has; the id is the order in which
// it was written down.
Records::Saying Records::open_saying(Config& all, const std::string& name) {
    auto table = all.table(name);
    const auto* contract = wire::find_contract(name);
    if (contract == nullptr || contract->act != wire::Act::tell) {
        all.refuse(name, "the catalogue has no such service that somebody is told");
    }
    Says says{.service = name, .to = table.text("to"), .purpose = table.text("purpose")};
    std::vector<wire::Column> columns{{"id", wire::ColumnKind::integer, true}};
    for (const auto& field : scheme_->fields) {
        if (field.name == scheme_->holder_field) continue;
        columns.push_back({field.name, wire::ColumnKind::text, !field.optional});
    }
    columns.insert(columns.end(), contract->payload.begin(), contract->payload.end());
    const Expected expected{
        .key = "rows", .columns = columns, .parameters = {}, .scheme = nullptr, .says = true};
    auto rows = prepare(connection_, table, expected);
    return {.contract = contract,
            .says = std::move(says),
            .columns = std::move(columns),
            .rows = std::move(rows)};
}

Records::Service Records::open_service(Config& services, const std::string& name,
                                       const std::string& database) {
    auto service = services.table(name);
    const auto* contract = wire::find_contract(name);
    if (contract == nullptr) services.refuse(name, "the catalogue has no such service");
    if (contract->source != wire::RowSource::database) {
        services.refuse(name, "the gateway answers this service itself");
    }
    Expected expected{.key = "rows",
                      .columns = contract->rows,
                      .parameters = contract->parameters,
                      .scheme = scheme_,
                      .payload = contract->payload,
                      .gives_back = contract->gives_back};
    Service entry{contract, prepare(connection_, service, expected), {}, {}};
    const auto demand = [&service](std::string_view key, bool wanted, std::string_view missing,
                                   std::string_view too_many) {
        if (service.has(key) != wanted) service.refuse(key, wanted ? missing : too_many);
        return wanted;
    };
    const bool has_items =
        contract->items_optional ? service.has("items") : !contract->items.empty();
    if (demand("items", has_items, "the service has items", "the service has no items")) {
        expected.key = "items";
        expected.columns = contract->items;
        entry.items.emplace(prepare(connection_, service, expected));
    }
    if (demand("tell", contract->act == wire::Act::tell,
               "the service needs a statement that takes in what it is told",
               "the service is told nothing")) {
        if (!writing_) writing_.emplace(database, db::Access::read_write);
        writing_->limit_ms(answer_ms_max);
        expected.key = "tell";
        expected.columns = {};
        expected.writes = true;
        entry.tell.emplace(prepare(*writing_, service, expected));
    }
    return entry;
}

bool Records::offers(const wire::ServiceId& service) const {
    return services_.contains(service.text());
}

wire::ServiceAnswer Records::answer(const wire::ServiceId& service,
                                    const wire::ServiceQuestion& question) {
    auto& entry = services_.find(service.text())->second;
    const auto& contract = *entry.contract;
    const auto broken = [&service](const char* why) {
        return Failure("the database breaks the contract of " + service.text() + ": " + why);
    };
    const auto read = [&question, &broken](db::Statement& statement,
                                           std::span<const wire::Column> columns, std::size_t max) {
        bind(statement, question);
        const db::ResetAtEnd reset(statement);
        std::vector<wire::Row> rows;
        while (statement.step()) {
            rows.push_back(row_of(statement));
            if (auto ok = wire::check_row(columns, rows.back()); !ok) throw broken(ok.error().why);
            if (rows.size() > max) throw broken("too many rows for one person");
        }
        return rows;
    };
    std::vector<wire::Row> rows;
    std::vector<wire::Row> items;
    {
        const db::Snapshot snapshot(connection_);
        rows = read(entry.rows, contract.rows, wire::rows_max);
        if (entry.items) items = read(*entry.items, contract.items, wire::items_max);
    }
    auto answer = wire::make_answer(contract, question, rows, items);
    if (!answer) throw broken(answer.error().why);
    return std::move(*answer);
}

void Records::apply(const wire::ServiceId& service, const wire::ServiceQuestion& question,
                    const Order& order) {
    auto& statement = *services_.find(service.text())->second.tell;
    bind(statement, question);
    const auto names = statement.parameters();
    if (std::ranges::find(names, "order_id") != names.end()) statement.bind("order_id", order.id);
    if (std::ranges::find(names, "time") != names.end()) statement.bind("time", order.time);
    if (std::ranges::find(names, "log_index") != names.end()) {
        statement.bind("log_index", static_cast<std::int64_t>(order.log_index));
    }
    if (std::ranges::find(names, "requester") != names.end()) {
        statement.bind("requester", order.requester);
    }
    db::Transaction transaction(*writing_);
    statement.execute();
    transaction.commit();
}

std::vector<Records::Says> Records::says() const {
    std::vector<Says> out;
    for (const auto& [name, saying] : says_)
        out.push_back(saying.says);
    return out;
}

std::optional<wire::PersonNumber> Records::number_in(const wire::Row& row) const {
    json::object fields;
    for (const auto& field : scheme_->fields) {
        const bool is_own = field.name == scheme_->holder_field;
        fields[field.name] = is_own ? holder_->id.text() : row.text(field.name).value_or("");
        if (fields[field.name].get_string().empty()) fields.erase(field.name);
    }
    auto number = wire::read_number(*scheme_, fields);
    return number ? std::optional(std::move(*number)) : std::nullopt;
}

Parsed<Records::Said> Records::said_in(const Saying& saying, Date today) const {
    if (!has_types_of_contracts(saying.rows)) return bad("a column has a type of no contract");
    const auto row = row_of(saying.rows);
    if (auto ok = wire::check_row(saying.columns, row); !ok) return bad(ok.error().why);
    const auto& contract = *saying.contract;
    json::object payload;
    for (const auto& column : contract.payload) {
        if (const auto text = row.text(column.name)) payload[column.name] = *text;
        if (const auto number = row.integer(column.name)) payload[column.name] = *number;
    }
    Said said{
        .id = *row.integer("id"), .number = number_in(row), .payload = json::serialize(payload)};
    const auto read = wire::read_payload(contract, said.payload);
    const bool fits =
        read && (contract.payload_fits == nullptr || contract.payload_fits(*read, {}, today));
    if (!fits) return bad("nobody would take the values");
    return said;
}

Records::Listed Records::said(std::string_view service, std::int64_t last, std::size_t count_max,
                              Date today) {
    auto& saying = says_.find(service)->second;
    const auto broken = [&saying](const std::string& why) {
        return Failure("the database breaks the contract of what it says (" + saying.says.service +
                       "): " + why);
    };
    Listed out{.has_last = last == 0, .rows = {}};
    auto& rows = out.rows;
    saying.rows.bind("after", last == 0 ? 0 : last - 1);
    const db::ResetAtEnd reset(saying.rows);
    while (rows.size() < count_max && saying.rows.step()) {
        const auto id = id_of(saying.rows);
        if (!out.has_last && rows.empty() && id == last) {
            out.has_last = true;
            continue;
        }
        // What comes after a greater id would never be told.
        if (!id || *id <= (rows.empty() ? last : rows.back().id)) throw broken("ids do not rise");
        auto said = said_in(saying, today);
        if (!said) {
            if (!rows.empty()) break;  // it is the first one of the next time
            throw broken("row " + std::to_string(*id) + ": " + said.error().why);
        }
        rows.push_back(std::move(*said));
    }
    return out;
}

}  // namespace mado::gateway
