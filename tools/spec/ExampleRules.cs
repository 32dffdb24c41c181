using NJsonSchema;

namespace Bitrix24.Specs;

/// <summary>Checks the examples.</summary>
internal static class ExampleRules
{
    public static async IAsyncEnumerable<SpecFinding> Validity(SpecDocument spec)
    {
        var schemas = new Dictionary<string, JsonSchema>(StringComparer.Ordinal);
        foreach (var (method, operation) in spec.Operations)
        {
            var bodies = (operation.Responses ?? [])
                .Select(response => SpecDocument.JsonOf(response.Value.Content))
                .Append(SpecDocument.JsonOf(operation.RequestBody?.Content));
            foreach (var body in bodies)
            {
                // Other rules find a schema without a name, and a reference to a missing schema.
                if (SpecDocument.SchemaNameOf(body) is not { } name || !spec.Schemas.ContainsKey(name) || body!.Examples is null)
                {
                    continue;
                }

                if (!schemas.TryGetValue(name, out var schema))
                {
                    schemas[name] = schema = await spec.SchemaAsync(name).ConfigureAwait(false);
                }

                foreach (var (key, example) in body.Examples.Where(example => example.Value.Value is not null))
                {
                    foreach (var error in schema.Validate(example.Value!.ToJsonString()))
                    {
                        yield return SpecFinding.InOperation(
                            method,
                            $"the example {key} is not a valid {name}: {error.Kind} at {error.Path}.",
                            "Correct the example or the schema, whichever contradicts the reference.");
                    }
                }
            }
        }
    }

    public static IEnumerable<SpecFinding> Use(SpecDocument spec) =>
        from name in spec.Document.Components?.Examples?.Keys ?? []
        where !spec.Text.Contains($"#/components/examples/{name}'", StringComparison.Ordinal)
        select SpecFinding.InExample(name, "no operation refers to this example.", "Refer to it, or remove it.");
}
