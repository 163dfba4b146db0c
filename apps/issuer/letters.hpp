// ①: letters to people who were invited, a batch at a time (docs/protocols/issuer.md). A batch is
// what was opened by one invitation, and has 1,000 people at most (`invited_max`).
#pragma once

#include "book.hpp"
#include "http/http.hpp"
#include "store.hpp"

namespace mado::issuer {

constexpr std::size_t batches_listed_max = 50;

// `by`: whose window asks; of another municipality's people there is nothing. So many at a time,
// the newest first; the next ones are those before the last one.
http::Response list_batches(Store& store, const http::Request& request, const By& by);
// All letters of a batch: of whoever has not applied yet. Each is a look at that case.
http::Response letters(Store& store, Looks& looks, const http::Request& request, const By& by);

}  // namespace mado::issuer
