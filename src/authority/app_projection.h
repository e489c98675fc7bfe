#pragma once

// The apps' records as memory knows them: compiled, in Catalogues and Apps.
//
//     AppState ─ CompileDefinition ─┬─> Catalogues   who issues, and what credentials hold
//                                   └─> Apps         what the gate asks
//
// The built-in apps are there without a record; a record of one adds its document's operations. An
// app whose record is refused is not there at all, so that nothing is decided by half of it.
//
// Thread safety: Put(), Refuse() and Reset() by one thread at a time; Catalogues and Apps are read
// meanwhile.

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "app/apps.h"
#include "authority/record.h"
#include "base/result.h"
#include "scope/catalogue.h"

namespace latchkey {

struct CompiledApp {
  std::shared_ptr<const Catalogue> catalogue;
  std::shared_ptr<const App> app;
};

/// Compiles against what `catalogues` holds: for a built-in app that catalogue itself, for another
/// one that can take its place. Changes nothing. Errors: as Catalogues::Compile and CompileApp;
/// kInvalidArgument if `definition` takes the name of a built-in app without being one.
[[nodiscard]] Result<CompiledApp> CompileDefinition(const AppDefinition& definition,
                                                    const Catalogues& catalogues);

class AppProjection {
 public:
  /// Both outlive the projection.
  AppProjection(Catalogues& catalogues, Apps& apps) : catalogues_(catalogues), apps_(apps) {
    Reset();
  }

  /// Back to the built-in apps, without documents.
  void Reset();

  /// Makes it what is in force, or takes the app away if it is removed. Errors: as
  /// CompileDefinition; then nothing was changed.
  [[nodiscard]] Result<void> Put(const AppState& state);

  /// From then on there is no such app, not even a built-in one: what its document asks for is
  /// unknown. A built-in one keeps its catalogue.
  void Refuse(std::string_view name);

  /// The apps that Put() saw.
  [[nodiscard]] const std::set<std::string, std::less<>>& recorded() const { return recorded_; }

 private:
  [[nodiscard]] std::shared_ptr<const App> BuiltIn(const std::string& name) const;

  Catalogues& catalogues_;
  Apps& apps_;
  std::set<std::string, std::less<>> recorded_;
};

}  // namespace latchkey
