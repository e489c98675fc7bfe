#include "authority/app_projection.h"

#include <utility>

namespace latchkey {

Result<CompiledApp> CompileDefinition(const AppDefinition& definition,
                                      const Catalogues& catalogues) {
  const bool built_in = catalogues.IsBuiltIn(definition.name);
  if (built_in != definition.built_in) {
    return Fail(Error::Code::kInvalidArgument,
                built_in ? "the app \"" + definition.name + "\" is built in: its catalogue stays"
                         : "the app \"" + definition.name + "\" is not built in any more",
                built_in ? "Choose another name for an app of your own."
                         : "Add it with a catalogue, or remove it.");
  }
  Result<std::shared_ptr<const Catalogue>> catalogue =
      built_in ? catalogues.FindShared(definition.name) : catalogues.Compile(definition.catalogue);
  if (!catalogue) return std::unexpected(catalogue.error());
  Result<App> app = CompileApp(definition, *catalogue);
  if (!app) return std::unexpected(app.error());
  return CompiledApp{.catalogue = *std::move(catalogue),
                     .app = std::make_shared<const App>(*std::move(app))};
}

void AppProjection::Reset() {
  recorded_.clear();
  AppSet::Map built_in;
  for (const std::string& name : catalogues_.apps()) {
    catalogues_.Remove(name);  // Keeps the built-in ones.
    if (std::shared_ptr<const App> app = BuiltIn(name)) built_in.emplace(name, std::move(app));
  }
  apps_.Replace(std::make_shared<const AppSet>(std::move(built_in)));
}

std::shared_ptr<const App> AppProjection::BuiltIn(const std::string& name) const {
  if (!catalogues_.IsBuiltIn(name)) return nullptr;
  std::shared_ptr<const Catalogue> catalogue = catalogues_.FindShared(name);
  AppDefinition definition;
  definition.name = name;
  definition.title = catalogue->title();
  definition.built_in = true;
  Result<App> app = CompileApp(definition, std::move(catalogue));
  if (!app) return nullptr;  // Without operations there is nothing that could be wrong.
  return std::make_shared<const App>(*std::move(app));
}

Result<void> AppProjection::Put(const AppState& state) {
  const AppDefinition& definition = state.definition;
  if (state.removed) {
    recorded_.insert(definition.name);
    if (std::shared_ptr<const App> built_in = BuiltIn(definition.name)) {
      apps_.Replace(apps_.Current()->With(std::move(built_in)));
    } else {
      Refuse(definition.name);
    }
    return {};
  }
  Result<CompiledApp> compiled = CompileDefinition(definition, catalogues_);
  if (!compiled) return std::unexpected(compiled.error());
  recorded_.insert(definition.name);
  // The catalogue first: no one asks for a scope that nobody could hold.
  if (!definition.built_in) catalogues_.Put(std::move(compiled->catalogue), definition.catalogue);
  apps_.Replace(apps_.Current()->With(std::move(compiled->app)));
  return {};
}

void AppProjection::Refuse(std::string_view name) {
  apps_.Replace(apps_.Current()->Without(name));
  catalogues_.Remove(name);
}

}  // namespace latchkey
