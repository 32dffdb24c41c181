namespace Bitrix24.Specs;

/// <summary>
/// Applies all rules to a document: for mistakes that the generator would silently ignore, and for conventions of this project.
/// </summary>
internal static class SpecLint
{
    public static IReadOnlyList<SpecRule> Rules { get; } =
    [
        SpecRule.Of("valid-openapi", DocumentRules.Validity),
        SpecRule.Of("known-words", DocumentRules.Words),
        SpecRule.Of("unique-names", DocumentRules.Names),
        SpecRule.Of("operation-described", OperationRules.Descriptions),
        SpecRule.Of("operation-bodies", OperationRules.Bodies),
        SpecRule.Of("idempotence-stated", OperationRules.Idempotence),
        SpecRule.Of("response-size", OperationRules.ResponseSizes),
        SpecRule.Of("known-types", SchemaRules.Types),
        SpecRule.Of("schema-generable", SchemaRules.Generable),
        new("examples-valid", ExampleRules.Validity),
        SpecRule.Of("examples-used", ExampleRules.Use),
        SpecRule.Of("catalog-consistent", CatalogRules.Consistency),
        SpecRule.Of("catalog-complete", CatalogRules.Completeness),
    ];

    public static async Task<IReadOnlyList<SpecFinding>> CheckAsync(SpecDocument spec)
    {
        var lines = new SpecLines(spec.Text);
        var findings = new List<SpecFinding>();
        foreach (var rule in Rules)
        {
            await foreach (var finding in rule.Check(spec).ConfigureAwait(false))
            {
                findings.Add(finding with { Rule = rule.Name, Line = finding.Line ?? lines.Of(finding.Path) });
            }
        }

        return [.. findings.OrderBy(finding => finding.Line ?? 0)];
    }
}
