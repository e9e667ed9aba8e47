#include "base/describe.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

enum class Colour { RED, DARK_BLUE = 7 };
BOOST_DESCRIBE_ENUM(Colour, RED, DARK_BLUE)
using BoatId = Id<struct BoatTag>;
struct Mast {
  double height_m = 0;
  bool operator==(const Mast&) const = default;
};
BOOST_DESCRIBE_STRUCT(Mast, (), (height_m))
struct Boat {
  BoatId id;
  std::string name;
  Colour colour = Colour::RED;
  std::optional<Instant> launched;
  std::vector<Mast> masts;
  std::map<std::string, std::string> tags;
};
BOOST_DESCRIBE_STRUCT(Boat, (), (id, name, colour, launched, masts, tags))

TEST(Describe, names_fields_in_their_order) {
  std::vector<std::string_view> names;
  for (const auto& f : type_of<Boat>().fields) names.push_back(f.name);
  EXPECT_EQ(names, (std::vector<std::string_view>{"id", "name", "colour", "launched", "masts", "tags"}));
  EXPECT_EQ(type_of<Boat>().name, "Boat");
}

TEST(Describe, reads_and_writes_through_the_descriptor) {
  Boat boat;
  const auto& t = type_of<Boat>();
  const auto edit = [&](std::string_view name) { return t.field(name)->edit(&boat); };
  t.field("id")->type()->set_int(edit("id"), 42);
  t.field("name")->type()->set_text(edit("name"), "Nele");
  t.field("colour")->type()->set_int(edit("colour"), 7);
  const auto* launched = t.field("launched")->type();
  EXPECT_FALSE(launched->has(t.field("launched")->get(&boat)));
  launched->element()->set_int(launched->emplace(edit("launched")), 1000);
  const auto* masts = t.field("masts")->type();
  static_cast<Mast*>(masts->append(edit("masts")))->height_m = 9.5;
  const auto* tags = t.field("tags")->type();
  tags->element()->set_text(tags->insert(edit("tags"), "home"), "Kiel");

  EXPECT_EQ(boat.id, BoatId{42});
  EXPECT_EQ(boat.name, "Nele");
  EXPECT_EQ(boat.colour, Colour::DARK_BLUE);
  EXPECT_EQ(boat.launched, instant_of_ms(1000));
  EXPECT_EQ(boat.masts, std::vector<Mast>{{9.5}});
  EXPECT_EQ(boat.tags.at("home"), "Kiel");
}

TEST(Describe, enumerators_have_names_both_ways) {
  EXPECT_EQ(name_of(Colour::DARK_BLUE), "DARK_BLUE");
  EXPECT_EQ(enum_from<Colour>("RED"), Colour::RED);
  EXPECT_EQ(enum_from<Colour>("GREEN"), std::nullopt);
}

TEST(Describe, integers_know_what_fits) {
  EXPECT_TRUE(type_of<std::int8_t>().fits_int(127));
  EXPECT_FALSE(type_of<std::int8_t>().fits_int(128));
  EXPECT_FALSE(type_of<std::uint32_t>().fits_int(-1));
}

}  // namespace
}  // namespace weir
