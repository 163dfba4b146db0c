#include "wire/answer.hpp"

#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "crypto/jws.hpp"
#include "fuzz.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {

// The input is what a holder, who may be anybody's enemy, has signed and sealed.
bool answer(ByteView in) {
    const auto& key = world().key;
    const auto& seal_to = world().seal_to;
    auto from = *world().directory.find("06990014");
    from.signing_keys = {{"k", key.public_key()}};
    const wire::AnswerExpected expected{.from = from,
                                        .order = wire::filled(1),
                                        .service = wire::service_id("eligibility"),
                                        .now = wire::test_now};
    require(!wire::open_answer(as_text(in), seal_to, expected), "nobody has signed this");
    const auto jws = crypto::sign_jws(wire::answer_type(wire::Act::ask),
                                      {.key_id = "k", .certificate = {}}, in, key);
    const auto sealed = crypto::encrypt_jwe(as_bytes(jws), seal_to.public_key());
    const auto opened = wire::open_answer(sealed, seal_to, expected);
    if (!opened) return false;
    require(opened->signed_form == jws, "the signed form is kept");
    const auto again = wire::open_answer(wire::seal_answer(*opened, "k", key, seal_to.public_key()),
                                         seal_to, expected);
    require(again.has_value() && *again->data == *opened->data, "an answer is read as written");
    return true;
}

}  // namespace mado::fuzz
