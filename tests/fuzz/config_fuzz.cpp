#include "base/config.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

// Takes every key as whatever it may be.
void take_all(Config& table, int depth) {
    const auto attempt = [](auto take) {
        try {
            take();
        } catch (const OperatorError&) {
            // Of another type: what an operator is told.
        }
    };
    for (const auto& key : table.keys()) {
        attempt([&table, &key] { table.text(key); });
        attempt([&table, &key] { table.integer(key, 0, 100); });
        attempt([&table, &key] { table.boolean_or(key, true); });
        attempt([&table, &key] { table.texts(key); });
        if (depth == 0) continue;
        attempt([&table, &key, depth] {
            auto inner = table.table(key);
            take_all(inner, depth - 1);
        });
        attempt([&table, &key, depth] {
            for (auto& inner : table.tables(key))
                take_all(inner, depth - 1);
        });
    }
    attempt([&table] { table.finish(); });
}

}  // namespace

bool config(ByteView in) {
    const MemoryFile file(in);
    try {
        auto table = Config::load(file.path());
        take_all(table, 3);
        return true;
    } catch (const OperatorError&) {
        return false;
    }
}

}  // namespace mado::fuzz
