// How a Type is made from a C++ type; see describe.hpp.
#pragma once

#include <limits>

namespace weir::describe_impl {

template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<Id<Tag>> : std::true_type {};
template <class T>
struct is_name : std::false_type {};
template <class Tag>
struct is_name<Name<Tag>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T>
struct is_map<std::map<std::string, T>> : std::true_type {};

template <class T>
const T& as(const void* p) {
  return *static_cast<const T*>(p);
}
template <class T>
T& as(void* p) {
  return *static_cast<T*>(p);
}

// The name between the last "::" and the end of what the compiler calls T.
template <class T>
constexpr std::string_view short_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  const auto start = text.find("T = ") + 4;
  auto end = text.find_first_of(";]", start);
  text = text.substr(start, end - start);
  const auto colon = text.rfind("::");
  return colon == std::string_view::npos ? text : text.substr(colon + 2);
}

template <class T>
const Type* type_pointer() {
  return &type_of<T>();
}

template <class M>
struct member_of;
template <class S, class V>
struct member_of<V S::*> {
  using owner = S;
  using value = V;
};

template <class S>
constexpr auto fields_of() {
  using members =
      boost::describe::describe_members<S, boost::describe::mod_any_access | boost::describe::mod_inherited>;
  constexpr auto size = boost::mp11::mp_size<members>::value;
  std::array<Field, size> out{};
  std::size_t i = 0;
  boost::mp11::mp_for_each<members>([&](auto d) {
    using D = decltype(d);
    using V = std::remove_cvref_t<decltype(std::declval<S&>().*D::pointer)>;
    out[i++] =
        Field{D::name, &type_pointer<V>, [](const void* object) -> const void* { return &(as<S>(object).*D::pointer); },
              [](void* object) -> void* { return &(as<S>(object).*D::pointer); }};
  });
  return out;
}
template <class S>
inline constexpr auto kFields = fields_of<S>();

template <class E>
constexpr auto enumerators_of() {
  using list = boost::describe::describe_enumerators<E>;
  std::array<Enumerator, boost::mp11::mp_size<list>::value> out{};
  std::size_t i = 0;
  boost::mp11::mp_for_each<list>([&](auto d) { out[i++] = Enumerator{d.name, static_cast<std::int64_t>(d.value)}; });
  return out;
}
template <class E>
inline constexpr auto kEnumerators = enumerators_of<E>();

template <class T>
Type make_type() {
  Type t;
  t.name = short_name<T>();
  t.make = []() -> std::shared_ptr<void> { return std::make_shared<T>(); };
  t.copy = [](const void* from) -> std::shared_ptr<void> { return std::make_shared<T>(as<T>(from)); };
  if constexpr (std::is_same_v<T, bool>) {
    t.kind = Kind::Bool;
    t.get_int = [](const void* p) -> std::int64_t { return as<bool>(p) ? 1 : 0; };
    t.set_int = [](void* p, std::int64_t v) { as<bool>(p) = v != 0; };
  } else if constexpr (std::is_enum_v<T>) {
    t.kind = Kind::Enum;
    t.enumerators = kEnumerators<T>;
    t.get_int = [](const void* p) { return static_cast<std::int64_t>(as<T>(p)); };
    t.set_int = [](void* p, std::int64_t v) { as<T>(p) = static_cast<T>(v); };
  } else if constexpr (std::is_integral_v<T>) {
    t.kind = Kind::Int;
    t.get_int = [](const void* p) { return static_cast<std::int64_t>(as<T>(p)); };
    t.set_int = [](void* p, std::int64_t v) { as<T>(p) = static_cast<T>(v); };
    t.fits_int = [](std::int64_t v) { return std::in_range<T>(v); };
  } else if constexpr (is_id<T>::value) {
    t.kind = Kind::Int;
    t.get_int = [](const void* p) { return as<T>(p).value; };
    t.set_int = [](void* p, std::int64_t v) { as<T>(p).value = v; };
    t.fits_int = [](std::int64_t) { return true; };
  } else if constexpr (std::is_same_v<T, double>) {
    t.kind = Kind::Double;
    t.get_double = [](const void* p) { return as<double>(p); };
    t.set_double = [](void* p, double v) { as<double>(p) = v; };
  } else if constexpr (std::is_same_v<T, std::string>) {
    t.kind = Kind::Text;
    t.get_text = [](const void* p) -> const std::string& { return as<T>(p); };
    t.set_text = [](void* p, std::string v) { as<T>(p) = std::move(v); };
  } else if constexpr (is_name<T>::value) {
    t.kind = Kind::Text;
    t.get_text = [](const void* p) -> const std::string& { return as<T>(p).value; };
    t.set_text = [](void* p, std::string v) { as<T>(p).value = std::move(v); };
  } else if constexpr (std::is_same_v<T, JsonText>) {
    t.kind = Kind::Json;
    t.get_text = [](const void* p) -> const std::string& { return as<T>(p).text; };
    t.set_text = [](void* p, std::string v) { as<T>(p).text = std::move(v); };
  } else if constexpr (std::is_same_v<T, Instant>) {
    t.kind = Kind::Instant;
    t.get_int = [](const void* p) { return ms_of(as<T>(p)); };
    t.set_int = [](void* p, std::int64_t v) { as<T>(p) = instant_of_ms(v); };
  } else if constexpr (std::is_same_v<T, Millis>) {
    t.kind = Kind::Millis;
    t.get_int = [](const void* p) { return static_cast<std::int64_t>(as<T>(p).count()); };
    t.set_int = [](void* p, std::int64_t v) { as<T>(p) = Millis{v}; };
  } else if constexpr (is_optional<T>::value) {
    using V = typename T::value_type;
    t.kind = Kind::Optional;
    t.element = &type_pointer<V>;
    t.has = [](const void* p) { return as<T>(p).has_value(); };
    t.value = [](const void* p) -> const void* { return &*as<T>(p); };
    t.emplace = [](void* p) -> void* { return &as<T>(p).emplace(); };
    t.clear = [](void* p) { as<T>(p).reset(); };
  } else if constexpr (is_list<T>::value) {
    using V = typename T::value_type;
    static_assert(!std::is_same_v<V, bool>, "std::vector<bool> has no addressable elements");
    t.kind = Kind::List;
    t.element = &type_pointer<V>;
    t.count = [](const void* p) { return as<T>(p).size(); };
    t.at = [](const void* p, std::size_t i) -> const void* { return &as<T>(p)[i]; };
    t.append = [](void* p) -> void* { return &as<T>(p).emplace_back(); };
    t.clear = [](void* p) { as<T>(p).clear(); };
  } else if constexpr (is_map<T>::value) {
    using V = typename T::mapped_type;
    t.kind = Kind::Map;
    t.element = &type_pointer<V>;
    t.count = [](const void* p) { return as<T>(p).size(); };
    t.each = [](const void* p, void* context, void (*visit)(void*, const std::string&, const void*)) {
      for (const auto& [k, v] : as<T>(p)) visit(context, k, &v);
    };
    t.insert = [](void* p, std::string key) -> void* { return &as<T>(p)[std::move(key)]; };
    t.clear = [](void* p) { as<T>(p).clear(); };
  } else {
    static_assert(boost::describe::has_describe_members<T>::value, "describe this struct with BOOST_DESCRIBE_STRUCT");
    t.kind = Kind::Struct;
    t.fields = kFields<T>;
  }
  return t;
}

}  // namespace weir::describe_impl

namespace weir {

template <class T>
const Type& type_of() {
  static const Type type = describe_impl::make_type<T>();
  return type;
}

}  // namespace weir
