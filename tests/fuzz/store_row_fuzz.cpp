#include "fuzz.hpp"
#include "relay/live_names.hpp"
#include "relay/mandate_rows.hpp"
#include "relay/questions.hpp"
#include "relay/store.hpp"

namespace mado::fuzz {
namespace {

// A row that opens is the relay's own; one without its form is a broken store, and says so.
template <class Read, class Write>
bool same_again(ByteView in, Read read, Write write) {
    Bytes plain;
    try {
        plain = write(read(in));
    } catch (const Failure&) {
        return false;
    }
    require(write(read(plain)) == plain, "a row is read as written");
    return true;
}

}  // namespace

bool store_row(ByteView in) {
    bool accepted = same_again(in, relay::read_live_names, relay::live_names_row);
    accepted = same_again(in, relay::read_live_mandates, relay::live_mandates_row) || accepted;
    accepted = same_again(in, relay::read_access, relay::access_plain) || accepted;
    accepted = same_again(in, relay::read_identifier, relay::identifier_plain) || accepted;
    return same_again(in, relay::read_question, relay::question_plain) || accepted;
}

}  // namespace mado::fuzz
