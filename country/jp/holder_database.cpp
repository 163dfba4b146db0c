#include "holder_database.hpp"

#include "base/file.hpp"
#include "base/result.hpp"

namespace mado::country {

db::Connection make_database(const Place& place, Holder holder) {
    const std::string id(holder_id(holder));
    const std::string package(holder_id(package_of(holder)));
    const auto path = place.country_folder + "/holders/" + package + ".sql";
    const auto schema = read_file(path);
    if (!schema) throw OperatorError("the file " + path + " is missing: give --country country/jp");
    db::Connection connection(place.folder + "/" + id + ".sqlite", db::Access::create);
    // One file that can be opened without the right to write beside it, as a holder's replica is.
    connection.run("pragma journal_mode = delete");
    db::Transaction transaction(connection);
    connection.run(*schema);
    transaction.commit();
    return connection;
}

}  // namespace mado::country
